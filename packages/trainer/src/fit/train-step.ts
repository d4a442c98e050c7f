import type { LayersModel, NamedTensorMap, Tensor2D, Variable } from '@tensorflow/tfjs-node';
import { findLargest } from '../evaluate/predictions.ts';
import { tf } from '../tensorflow/tf.ts';
import { stackBatch } from './batches.ts';
import { measureLoss } from './loss.ts';
import type { TrainingItem } from './mixup.ts';

/** What one batch gave. */
export interface BatchOutcome {
  /** Mean over the batch's clips, in nats. */
  loss: number;
  /** Clips whose most probable label is their target's largest. */
  correct: number;
  /** Under `variable.name`; the caller owns them. */
  gradients: NamedTensorMap;
}

/** Runs the model forward and backward over one batch. */
export function differentiate(
  model: LayersModel,
  variables: Variable[],
  items: readonly TrainingItem[],
): BatchOutcome {
  const targets = items.map(({ target }) => target);
  let predicted: ArrayLike<number> = [];
  const { value, grads } = tf.tidy(() => {
    const inputs = stackBatch(items.map(({ matrix }) => matrix));
    return tf.variableGrads(() => {
      const logits = model.apply([...inputs], { training: true }) as Tensor2D;
      predicted = tf.argMax(logits, 1).dataSync();
      // An ensemble has a row of logits for each clip of each member.
      const members = logits.shape[0] / targets.length;
      return measureLoss(logits, Array.from({ length: members }, () => targets).flat());
    }, variables);
  });
  const loss = value.dataSync()[0]!;
  value.dispose();
  const correct = targets.filter(({ weights }, at) => findLargest(weights) === predicted[at]);
  return { loss, correct: correct.length, gradients: grads };
}
