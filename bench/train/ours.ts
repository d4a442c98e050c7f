/** This project as a contender: its training loop over prepared clips, both cores. */
import { ensureTensorFlow, readNetworkRecipe } from '@ser/trainer';
import { answerLines } from './answer-lines.ts';
import { readClips } from './clips.ts';
import { batchSize, classes, equalFrames, equalSteps, modelSettings } from './task.ts';

await ensureTensorFlow();
const { buildModel, setFeatureStatistics } = await import(
  '@ser/trainer/internal/models/build-model'
);
const { measureFeatures } = await import('@ser/trainer/internal/models/feature-statistics');
const { listTrainable } = await import('@ser/trainer/internal/models/named-weights');
const { Adam } = await import('@ser/trainer/internal/fit/adam');
const { fitModel } = await import('@ser/trainer/internal/fit/fit-model');
const { createTarget } = await import('@ser/trainer/internal/fit/targets');
const { differentiate } = await import('@ser/trainer/internal/fit/train-step');
const { tf } = await import('@ser/trainer/internal/tensorflow/tf');

const train = readClips(process.argv[2]!);
const { training } = await readNetworkRecipe('reference');
const { features } = train[0]!.matrix;
const model = buildModel(modelSettings, { features, classes, seed: 0 });
setFeatureStatistics(model, measureFeatures(train.map(({ matrix }) => matrix)));

const variables = listTrainable(model);
const adam = new Adam(variables);
const equal = train.slice(0, batchSize).map(({ label }, at) => {
  const data = Float32Array.from({ length: equalFrames * features }, (_, i) => Math.sin(i * at));
  const matrix = { data, frames: equalFrames, features };
  const options = { classes, labelSmoothing: 0, classWeights: new Array(classes).fill(1) };
  return { matrix, target: createTarget({ matrix, label }, options) };
});

await answerLines({
  // One clip is validated, since the loop validates; the peers do not.
  epoch: () =>
    fitModel(model, {
      train,
      validation: train.slice(0, 1),
      settings: { ...training, batchSize, epochs: 1 },
      seed: 0,
    }),
  'equal-lengths': () => {
    for (let step = 0; step < equalSteps; step++) {
      const { gradients } = differentiate(model, [...variables.values()], equal);
      adam.apply(gradients, { learningRate: 1e-3, weightDecay: 0, clipNorm: null });
      tf.dispose(gradients);
    }
  },
});
process.exit();
