import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import type { Target } from './targets.ts';

/** Added to the logit of a label that a clip's corpus lacks: its probability becomes 0. */
const blockedLogit = -1e9;

/**
 * Cross-entropy of a batch in nats, the mean over its clips: minus the logarithms of the
 * probabilities, times the targets' weights. Logits of labels that a clip's corpus lacks take no
 * part, in the value or in the gradient.
 *
 * @param logits [batch, classes]
 */
export function measureLoss(logits: Tensor2D, targets: readonly Target[]): Scalar {
  const [batch, classes] = logits.shape;
  const weights = new Float32Array(batch * classes);
  targets.forEach((target, row) => {
    weights.set(target.weights, row * classes);
  });
  const open = targets.some(({ knownLabels }) => knownLabels)
    ? (tf.add(logits, createBlock(targets, classes)) as Tensor2D)
    : logits;
  const logProbabilities = tf.logSoftmax(open);
  const sum = tf.sum(tf.mul(tf.tensor2d(weights, [batch, classes]), logProbabilities));
  return tf.mul(sum, -1 / batch) as Scalar;
}

function createBlock(targets: readonly Target[], classes: number): Tensor2D {
  const block = new Float32Array(targets.length * classes);
  targets.forEach(({ knownLabels }, row) => {
    if (!knownLabels) return;
    block.fill(blockedLogit, row * classes, (row + 1) * classes);
    for (const label of knownLabels) block[row * classes + label] = 0;
  });
  return tf.tensor2d(block, [targets.length, classes]);
}
