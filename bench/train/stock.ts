/** tfjs-node's own layers as a contender: a few steps on clips padded to the longest of all. */

import { ensureTensorFlow } from '@ser/trainer';
import type { layers } from '@tensorflow/tfjs-node';
import { answerLines } from './answer-lines.ts';
import { readClips } from './clips.ts';
import { batchSize, classes } from './task.ts';

await ensureTensorFlow();
const { tf } = await import('@ser/trainer/internal/tensorflow/tf');

const clips = readClips(process.argv[2]!);
const frames = Math.max(...clips.map(({ matrix }) => matrix.frames));
const { features } = clips[0]!.matrix;

function bidirectional(units: number, returnSequences: boolean) {
  const layer = tf.layers.lstm({ units, returnSequences, recurrentActivation: 'sigmoid' });
  return tf.layers.bidirectional({ layer: layer as unknown as layers.RNN, mergeMode: 'concat' });
}

const model = tf.sequential({
  layers: [
    tf.layers.masking({ maskValue: 0, inputShape: [frames, features] }),
    bidirectional(128, true),
    tf.layers.dropout({ rate: 0.3 }),
    bidirectional(64, false),
    tf.layers.dense({ units: 64, activation: 'relu' }),
    tf.layers.dropout({ rate: 0.3 }),
    tf.layers.dense({ units: classes, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });

let next = 0;
await answerLines({
  step: async () => {
    const batch = clips.slice(next, next + batchSize);
    next = (next + batchSize) % (clips.length - batchSize);
    const data = new Float32Array(batchSize * frames * features);
    batch.forEach(({ matrix }, at) => {
      data.set(matrix.data, at * frames * features);
    });
    const x = tf.tensor3d(data, [batchSize, frames, features]);
    const y = tf.tensor1d(batch.map(({ label }) => label));
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  },
});
process.exit();
