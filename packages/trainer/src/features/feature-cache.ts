import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FeatureConfig,
  type FeatureMatrix,
  kernelVersion,
  listFeatureNames,
  resolveFeatureConfig,
} from '@ser/dsp-wasm';
import { fromFloat16Bits, toFloat16Bits } from '@ser/onnx';
import { frontEndVersion } from '@ser/runtime/core';
import { writeFileAtomic } from '../atomic-file.ts';
import { augmentationVersion } from '../augment/augment-clip.ts';
import type { ClipChanges } from '../augment/augmentation-settings.ts';
import { type Channel, channelVersion } from './channel.ts';
import { locateFeatures, markUsed } from './evict-features.ts';
import type { Representation } from './representation.ts';

const headerBytes = 8;

/** What an entry of the cache hangs on, besides the clip. */
export interface CacheOptions {
  representation: Representation;
  /** At which speed clips are played. Default 1. */
  speed?: number;
  /** What clips are heard through. Default: nothing. */
  channel?: Channel | undefined;
  /** What was done to the copies; undefined: the clips as they are. */
  changes?: ClipChanges | undefined;
  /** Whether entries are of windows of several clips, one row each. Default: of a clip. */
  ofWindows?: boolean;
  /** Default: `features` in the project's cache folder. */
  root?: string;
}

/**
 * Feature matrices on disk, one file each: frames and features (uint32, little endian), then the
 * values (float32; of an encoder's frames float16). The name is a digest of the clip's bytes, the front
 * end and its version, the kernels, the encoder, the speed and what was done to the clip, so an entry
 * is never out of date; writes are atomic, so two processes may share the cache. Fewer than the four spectral sets are also found in what was stored
 * with all four.
 */
export class FeatureCache {
  readonly #directory: string;
  /** Frames of an encoder are many, and were rounded to float16 when they were computed. */
  readonly #asHalves: boolean;
  /** What has more columns than are asked for, and which of them are. */
  readonly #whole: { cache: FeatureCache; columns: number[] } | undefined;

  constructor(options: CacheOptions) {
    const {
      representation: { frontEnd, encoder },
      speed = 1,
      channel,
      changes,
      ofWindows = false,
      root = locateFeatures(),
    } = options;
    const copies = changes ? [augmentationVersion, changes] : [];
    const played = speed === 1 ? [] : [{ speed }];
    const heard = channel === undefined ? [] : [channelVersion, channel];
    const encoded = encoder ? [{ encoder: encoder.sha256 }] : [];
    const cut = ofWindows ? ['windows'] : [];
    const digest = createHash('sha256')
      .update(
        JSON.stringify([
          kernelVersion,
          frontEndVersion,
          frontEnd,
          ...copies,
          ...played,
          ...heard,
          ...encoded,
          ...cut,
        ]),
      )
      .digest('hex');
    this.#directory = join(root, digest.slice(0, 16));
    this.#asHalves = (encoder?.frameRateHz ?? null) !== null;
    if (frontEnd.kind !== 'features' || encoder) return;
    const whole = widen(frontEnd.features);
    if (!whole) return;
    const names = listFeatureNames(whole);
    this.#whole = {
      cache: new FeatureCache({
        ...options,
        representation: { frontEnd: { ...frontEnd, features: whole }, encoder },
      }),
      columns: listFeatureNames(frontEnd.features).map((column) => names.indexOf(column)),
    };
  }

  /** Notes that it is in use, so that others are evicted first. */
  async markUsed(): Promise<void> {
    await Promise.all([markUsed(this.#directory), this.#whole?.cache.markUsed()]);
  }

  /** Returns the matrix of this name, or null. A damaged file is no entry. */
  async read(name: string): Promise<FeatureMatrix | null> {
    const own = await this.#readOwn(name);
    if (own || !this.#whole) return own;
    const whole = await this.#whole.cache.read(name);
    return whole && selectColumns(whole, this.#whole.columns);
  }

  async #readOwn(name: string): Promise<FeatureMatrix | null> {
    const bytes = await readFile(this.#locate(name)).catch(() => null);
    if (!bytes || bytes.length < headerBytes) return null;
    const frames = bytes.readUInt32LE(0);
    const features = bytes.readUInt32LE(4);
    const width = this.#asHalves ? 2 : 4;
    if (bytes.length !== headerBytes + frames * features * width) return null;
    const stored = bytes.buffer.slice(
      bytes.byteOffset + headerBytes,
      bytes.byteOffset + bytes.length,
    );
    const data = this.#asHalves
      ? Float32Array.from(new Uint16Array(stored), fromFloat16Bits)
      : new Float32Array(stored);
    return { data, frames, features };
  }

  /** Stores a matrix. */
  async write(name: string, { data, frames, features }: FeatureMatrix): Promise<void> {
    const stored = this.#asHalves ? Uint16Array.from(data, toFloat16Bits) : data;
    const bytes = Buffer.alloc(headerBytes + stored.byteLength);
    bytes.writeUInt32LE(frames, 0);
    bytes.writeUInt32LE(features, 4);
    Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).copy(bytes, headerBytes);
    await writeFileAtomic(this.#locate(name), bytes, { flush: false });
  }

  #locate(name: string): string {
    return join(this.#directory, name.slice(0, 2), `${name}.${this.#asHalves ? 'f16' : 'f32'}`);
  }
}

/** The same settings with the four spectral sets, where the given sets are some of them. */
function widen(features: FeatureConfig): FeatureConfig | undefined {
  const { sets } = resolveFeatureConfig();
  const isPart =
    features.sets.length < sets.length && features.sets.every((set) => sets.includes(set));
  return isPart ? { ...features, sets } : undefined;
}

function selectColumns(
  { data, frames, features }: FeatureMatrix,
  columns: readonly number[],
): FeatureMatrix {
  const selected = new Float32Array(frames * columns.length);
  for (let frame = 0, to = 0; frame < frames; frame++) {
    for (const column of columns) selected[to++] = data[frame * features + column]!;
  }
  return { data: selected, frames, features: columns.length };
}
