import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { importWhisper } from '@ser/encoders';
import { locateCache } from '@ser/trainer';
import { downloadFile } from '../datasets/download-file.ts';
import { hashFile } from '../datasets/hash-file.ts';
import { askForHubFile } from './hub-file.ts';
import type { EncoderSource } from './sources.ts';

/** Settings of {@link fetchEncoder}. */
export interface FetchEncoderOptions {
  /** Layers to keep. Default: all. */
  layers?: number | undefined;
  states?: number[] | undefined;
  onProgress?: (doneMegabytes: number, totalMegabytes: number) => void;
  signal?: AbortSignal | undefined;
}

const weightsFile = 'model.safetensors';
const longestFactor = 2;

/**
 * Downloads the weights of an encoder and returns its encoder file. What was downloaded before an
 * interruption is kept in the cache, and the same call goes on from there. Where the hub states length
 * and SHA-256 of the file, it is held to them; the SHA-256 is noted in the encoder's `source` always.
 *
 * @throws SerError `DOWNLOAD_FAILED`, `ABORTED`; `ENCODER_INVALID` where the file holds other weights.
 */
export async function fetchEncoder(
  { name, licence, languages, url, megabytes }: EncoderSource,
  { layers, states, onProgress, signal }: FetchEncoderOptions,
): Promise<Uint8Array> {
  const folder = join(locateCache(), 'downloads');
  const path = join(folder, `${name}.safetensors`);
  await mkdir(folder, { recursive: true });
  const stated = await askForHubFile(url, signal).catch((cause) => {
    if (signal?.aborted) throw new SerError('ABORTED', 'The download was stopped.');
    throw new SerError('DOWNLOAD_FAILED', `${url} cannot be reached.`, { cause });
  });
  // The bar reckons the time left from its steps, so each must be one.
  let shown = 0;
  await downloadFile(url, {
    ...{ path, signal, checksum: stated?.checksum ?? null, byteLength: stated?.byteLength },
    maxBytes: stated?.byteLength ?? longestFactor * megabytes * 1e6,
    onProgress: (bytes) => {
      const done = Math.round(bytes / 1e6);
      if (done === shown) return;
      shown = done;
      onProgress?.(done, megabytes);
    },
  });
  const sha256 = await hashFile(path, 'sha256', signal);
  const weights = await readFile(path);
  await rm(path);
  return importWhisper(
    { name, files: [weightsFile], read: async () => weights },
    { name, licence, languages, layers, states, source: `${url}, SHA-256 ${sha256}` },
  );
}
