import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { type EncoderManifest, readEncoderFile } from '@ser/encoders';
import { locateEncoder, writeFileAtomic } from '@ser/trainer';

/** An encoder file as the lists show it. */
export interface InstalledEncoder {
  path: string;
  megabytes: number;
  manifest: EncoderManifest;
}

/**
 * Writes an encoder file where recipes find it by its name, or into another folder. Returns its path.
 */
export async function installEncoder(bytes: Uint8Array, folder?: string): Promise<string> {
  const { name } = readEncoderFile(bytes);
  const path = folder === undefined ? locateEncoder(name) : join(folder, `${name}.onnx`);
  await writeFileAtomic(path, bytes);
  return path;
}

/** The encoders that are installed, by name; files of something else are left out. */
export async function listInstalled(): Promise<InstalledEncoder[]> {
  const folder = dirname(locateEncoder('any'));
  const files = await readdir(folder).catch(() => []);
  const found: InstalledEncoder[] = [];
  for (const file of files.filter((name) => name.endsWith('.onnx')).sort()) {
    const path = join(folder, file);
    try {
      const manifest = readEncoderFile(await readFile(path));
      found.push({ path, manifest, megabytes: (await stat(path)).size / 1e6 });
    } catch (error) {
      if (!(error instanceof SerError)) throw error;
    }
  }
  return found;
}
