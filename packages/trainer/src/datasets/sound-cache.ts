import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { kernelVersion } from '@ser/dsp-wasm';
import { writeFileAtomic } from '../atomic-file.ts';
import { locateCache } from '../cache-directory.ts';

/** To be raised with every change of what a print holds, or of how prints are compared. */
const printVersion = 1;

/** Where prints and what came of them are kept; another folder for each version of the prints. */
export function locateSoundCache(): string {
  const version = createHash('sha256').update(`${printVersion} ${kernelVersion}`).digest('hex');
  return join(locateCache(), 'sound-prints', version.slice(0, 16));
}

/** Keeps what can be made again; where nothing can be written, it is made again. */
export async function writeCached(path: string, content: string | Uint8Array): Promise<void> {
  await writeFileAtomic(path, content, { flush: false }).catch(() => {});
}
