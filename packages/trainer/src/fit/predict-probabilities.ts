import type { FeatureMatrix } from '@ser/dsp-wasm';
import type { LayersModel, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { cutBatches, stackBatch } from './batches.ts';

/**
 * Returns the model's probabilities, one array a matrix, in their order. Matrices of about equal
 * length share a batch.
 */
export function predictProbabilities(
  model: LayersModel,
  matrices: readonly FeatureMatrix[],
  batchSize = 32,
): Float32Array[] {
  const order = matrices.map((_, index) => index);
  order.sort((a, b) => matrices[a]!.frames - matrices[b]!.frames);
  const probabilities: Float32Array[] = new Array(matrices.length);
  for (const batch of cutBatches(order, batchSize)) {
    const output = tf.tidy(() => {
      const inputs = stackBatch(batch.map((index) => matrices[index]!));
      return tf.softmax(model.apply([...inputs], { training: false }) as Tensor2D);
    });
    const values = output.dataSync<'float32'>();
    const classes = output.shape[1]!;
    output.dispose();
    batch.forEach((index, row) => {
      probabilities[index] = values.slice(row * classes, (row + 1) * classes);
    });
  }
  return probabilities;
}
