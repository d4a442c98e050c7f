import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the project keeps what can be made again: `SER_CACHE_DIR`, else `ser` in the user's cache
 * folder.
 */
export function locateCache(): string {
  return (
    process.env.SER_CACHE_DIR ||
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ser')
  );
}
