import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FeatureMatrix, kernelVersion } from '@ser/dsp-wasm';
import type { FrontEndConfig } from '@ser/runtime/core';
import { writeFileAtomic } from '../atomic-file.ts';
import { locateCache } from '../cache-directory.ts';

const headerBytes = 8;

/**
 * Feature matrices on disk, one file each: frames and features (uint32, little endian), then the
 * values (float32). The name is a digest of the clip's bytes, the front end and the kernels, so an
 * entry is never out of date; writes are atomic, so two processes may share the cache.
 */
export class FeatureCache {
  readonly #directory: string;

  constructor(frontEnd: FrontEndConfig, root = join(locateCache(), 'features')) {
    const digest = createHash('sha256')
      .update(JSON.stringify([kernelVersion, frontEnd]))
      .digest('hex');
    this.#directory = join(root, digest.slice(0, 16));
  }

  /** Returns the matrix of the clip with this content hash, or null. A damaged file is no entry. */
  async read(contentHash: string): Promise<FeatureMatrix | null> {
    const bytes = await readFile(this.#locate(contentHash)).catch(() => null);
    if (!bytes || bytes.length < headerBytes) return null;
    const frames = bytes.readUInt32LE(0);
    const features = bytes.readUInt32LE(4);
    if (bytes.length !== headerBytes + frames * features * 4) return null;
    const data = new Float32Array(frames * features);
    bytes.copy(Buffer.from(data.buffer), 0, headerBytes);
    return { data, frames, features };
  }

  /** Stores a matrix. */
  async write(contentHash: string, { data, frames, features }: FeatureMatrix): Promise<void> {
    const bytes = Buffer.alloc(headerBytes + data.byteLength);
    bytes.writeUInt32LE(frames, 0);
    bytes.writeUInt32LE(features, 4);
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).copy(bytes, headerBytes);
    await writeFileAtomic(this.#locate(contentHash), bytes, { flush: false });
  }

  #locate(contentHash: string): string {
    return join(this.#directory, contentHash.slice(0, 2), `${contentHash}.f32`);
  }
}
