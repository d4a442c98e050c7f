import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import type { LstmInputs, LstmStates, LstmWeights } from './lstm-inputs.ts';
import { tf } from './tf.ts';

/** A bidirectional LSTM by operations that every backend of tfjs has, frame by frame. */
export function runPlainLstm({ x, lengths, forward, backward }: LstmInputs): LstmStates {
  const frames = tf.unstack(x, 1) as Tensor2D[];
  // 1 where a sequence still runs, [batch, 1].
  const masks = frames.map((_, frame) =>
    tf.cast(tf.greater(lengths, tf.scalar(frame, 'int32')), 'float32').expandDims(1),
  );
  const there = runDirection(frames, masks, forward);
  const back = runDirection([...frames].reverse(), [...masks].reverse(), backward);
  const hidden = tf.stack(
    there.map((states, frame) => tf.concat([states, back.at(-1 - frame)!], -1)),
    1,
  );
  return {
    hidden: hidden as Tensor3D,
    last: tf.concat([there.at(-1)!, back.at(-1)!], -1) as Tensor2D,
  };
}

/** The state after each frame; a frame outside its sequence leaves the state as it is. */
function runDirection(frames: Tensor2D[], masks: Tensor[], weights: LstmWeights): Tensor[] {
  const { kernel, recurrentKernel, bias } = weights;
  let hidden: Tensor = tf.zeros([frames[0]!.shape[0], bias.shape[0] / 4]);
  let cell = hidden;
  return frames.map((frame, at) => {
    const sums = tf.add(
      tf.add(tf.matMul(frame, kernel), tf.matMul(hidden as Tensor2D, recurrentKernel)),
      bias,
    );
    const [input, forget, candidate, output] = tf.split(sums, 4, 1) as Gates;
    const nextCell = tf.add(
      tf.mul(tf.sigmoid(forget), cell),
      tf.mul(tf.sigmoid(input), tf.tanh(candidate)),
    );
    const nextHidden = tf.mul(tf.sigmoid(output), tf.tanh(nextCell));
    cell = mix(masks[at]!, nextCell, cell);
    hidden = mix(masks[at]!, nextHidden, hidden);
    return hidden;
  });
}

type Gates = [Tensor, Tensor, Tensor, Tensor];

function mix(mask: Tensor, inside: Tensor, outside: Tensor): Tensor {
  return tf.add(tf.mul(mask, inside), tf.mul(tf.sub(1, mask), outside));
}
