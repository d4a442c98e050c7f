import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { locateCache } from '../cache-directory.ts';

/** What cached features may take where `SER_CACHE_GB` does not say. */
const defaultLimitGb = 20;
/** Another process may be at work with what was used as lately as this. */
const restingMs = 24 * 60 * 60 * 1000;

/** Where features are cached. */
export function locateFeatures(): string {
  return join(locateCache(), 'features');
}

/** Notes that a folder of the cache is in use: {@link evictFeatures} takes the others first. */
export async function markUsed(directory: string): Promise<void> {
  const now = new Date();
  await utimes(directory, now, now).catch(() => {});
}

/**
 * Removes cached features until they take no more than a limit: whole folders, each of one
 * representation, the longest unused first, and none that was used within a day.
 *
 * @param options.limitBytes default: `SER_CACHE_GB` of the environment in 10⁹ bytes, else 20.
 * @returns the folders that went.
 */
export async function evictFeatures({
  root = locateFeatures(),
  limitBytes = readLimit(),
  now = Date.now(),
}: {
  root?: string;
  limitBytes?: number;
  now?: number;
} = {}): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  const measured = await Promise.all(
    // Another process may have taken it away.
    names.map((name) => measureFolder(join(root, name)).catch(() => null)),
  );
  const folders = measured.filter((folder) => folder !== null);
  let total = folders.reduce((sum, { bytes }) => sum + bytes, 0);
  const resting = folders
    .filter(({ usedMs }) => now - usedMs > restingMs)
    .sort((a, b) => a.usedMs - b.usedMs);
  const gone: string[] = [];
  for (const { path, bytes } of resting) {
    if (total <= limitBytes) break;
    await rm(path, { recursive: true, force: true });
    total -= bytes;
    gone.push(path);
  }
  return gone;
}

function readLimit(): number {
  const limitGb = Number(process.env.SER_CACHE_GB || defaultLimitGb);
  return (limitGb >= 0 ? limitGb : defaultLimitGb) * 1e9;
}

async function measureFolder(path: string) {
  const { mtimeMs } = await stat(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile()) bytes += await measureFile(join(entry.parentPath, entry.name));
  }
  return { path, bytes, usedMs: mtimeMs };
}

/** Another process may have taken it away. */
async function measureFile(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
