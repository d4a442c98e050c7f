import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clip } from './clip.ts';
import { type MapFilesOptions, mapFiles } from './map-files.ts';
import { type PrintedWave, printFiles } from './print-worker.ts';
import { locateSoundCache, writeCached } from './sound-cache.ts';
import { completePrint, type SoundPrint } from './sound-print.ts';

/** Fewer files are decoded before threads have started. */
const fewestForThreads = 32;
const readsAtOnce = 16;
const headerBytes = 4;

/**
 * The prints of clips, by the digest of their bytes: from the cache, else by decoding them on all
 * cores. A clip that cannot be read, or is silent or very short, has none.
 *
 * @throws SerError `ABORTED` after the signal
 */
export async function loadSoundPrints(
  clips: readonly Clip[],
  options: MapFilesOptions = {},
): Promise<Map<string, SoundPrint>> {
  const paths = new Map(clips.map(({ contentHash, path }) => [contentHash, path]));
  const waves = await readCached([...paths.keys()]);
  const missing = [...paths].filter(([hash]) => !waves.has(hash));
  const printed = await printMissing(
    missing.map(([, path]) => path),
    options,
  );
  for (const [at, [hash]] of missing.entries()) {
    const wave = printed[at];
    if (!wave) continue;
    waves.set(hash, wave);
    await writeWave(hash, wave);
  }
  const complete = ({ wave, sampleRateHz }: PrintedWave) => completePrint(wave, sampleRateHz);
  return new Map([...waves].map(([hash, wave]) => [hash, complete(wave)]));
}

function printMissing(
  paths: readonly string[],
  options: MapFilesOptions,
): Promise<(PrintedWave | null)[]> {
  if (paths.length < fewestForThreads) return printFiles(paths);
  // By the package's name, so that it is found from sources that run as they are.
  const worker = pathToFileURL(
    createRequire(import.meta.url).resolve('@ser/trainer/internal/datasets/print-worker'),
  );
  return mapFiles(paths, { worker, name: 'printFiles' }, options);
}

async function readCached(hashes: readonly string[]): Promise<Map<string, PrintedWave>> {
  const waves = new Map<string, PrintedWave>();
  let next = 0;
  const readOn = async (): Promise<void> => {
    for (let hash = hashes[next++]; hash !== undefined; hash = hashes[next++]) {
      const bytes = await readFile(locate(hash)).catch(() => null);
      if (!bytes || bytes.length <= headerBytes) continue;
      const wave = new Int8Array(bytes.buffer, bytes.byteOffset + headerBytes).subarray(
        0,
        bytes.length - headerBytes,
      );
      waves.set(hash, { sampleRateHz: bytes.readUInt32LE(0), wave });
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, readOn));
  return waves;
}

async function writeWave(hash: string, { sampleRateHz, wave }: PrintedWave): Promise<void> {
  const bytes = Buffer.alloc(headerBytes + wave.length);
  bytes.writeUInt32LE(sampleRateHz);
  bytes.set(new Uint8Array(wave.buffer, wave.byteOffset, wave.length), headerBytes);
  await writeCached(locate(hash), bytes);
}

function locate(hash: string): string {
  return join(locateSoundCache(), hash.slice(0, 2), hash);
}
