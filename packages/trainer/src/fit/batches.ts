import type { FeatureMatrix } from '@ser/dsp-wasm';
import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import type { Random } from '../random.ts';
import { tf } from '../tensorflow/tf.ts';
import type { Example } from './example.ts';

/** Batches whose clips are drawn from a window of this many batches, sorted by length. */
const batchesPerBucket = 8;

/**
 * Splits examples into batches of about equal length, in random order: the examples are shuffled,
 * cut into buckets, each bucket is sorted by length and cut into batches, and the batches are
 * shuffled. Every example stands in exactly one batch.
 */
export function drawBatches<T extends Pick<Example, 'matrix'>>(
  examples: readonly T[],
  { batchSize, random }: { batchSize: number; random: Random },
): T[][] {
  const shuffled = random.shuffle(examples);
  const batches: T[][] = [];
  const bucketSize = batchSize * batchesPerBucket;
  for (let start = 0; start < shuffled.length; start += bucketSize) {
    const bucket = shuffled.slice(start, start + bucketSize);
    bucket.sort((a, b) => a.matrix.frames - b.matrix.frames);
    batches.push(...cutBatches(bucket, batchSize));
  }
  return random.shuffle(batches);
}

/** Cuts examples into batches in their order. */
export function cutBatches<T>(examples: readonly T[], batchSize: number): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < examples.length; start += batchSize) {
    batches.push(examples.slice(start, start + batchSize));
  }
  return batches;
}

/** The model's two inputs: features [batch, frames, features], zero behind each clip's length. */
export function stackBatch(matrices: readonly FeatureMatrix[]): [Tensor3D, Tensor1D] {
  const features = matrices[0]?.features ?? 0;
  const frames = Math.max(...matrices.map((matrix) => matrix.frames));
  const data = new Float32Array(matrices.length * frames * features);
  matrices.forEach((matrix, index) => {
    data.set(matrix.data, index * frames * features);
  });
  const lengths = Int32Array.from(matrices, (matrix) => matrix.frames);
  return [tf.tensor3d(data, [matrices.length, frames, features]), tf.tensor1d(lengths, 'int32')];
}
