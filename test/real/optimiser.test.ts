import { join } from 'node:path';
import { ensureTensorFlow } from '@ser/trainer';
import { beforeAll, expect, it } from 'vitest';
import { askPeer } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const shapes: Record<string, number[]> = { kernel: [7, 5], recurrent: [4, 6], bias: [6] };
const steps = 12;
const cases = [
  { weightDecay: 0, clipNorm: null },
  { weightDecay: 0.1, clipNorm: null },
  { weightDecay: 0, clipNorm: 1.5 },
  { weightDecay: 0.05, clipNorm: 1.5 },
];

beforeAll(() => ensureTensorFlow());

it('Adam with decay and clipping steps as Keras 3’s AdamW', async () => {
  // The test holds what is inside the trainer against its peer, so it reaches inside.
  const [{ Adam }, { writeCheckpoint }, { createRandom }, { scheduleLearningRate }, { tf }] =
    await Promise.all([
      import('../../packages/trainer/src/fit/adam.ts'),
      import('../../packages/trainer/src/fit/checkpoint.ts'),
      import('../../packages/trainer/src/random.ts'),
      import('../../packages/trainer/src/fit/learning-rate.ts'),
      import('../../packages/trainer/src/tensorflow/tf.ts'),
    ]);
  const random = createRandom(3);
  const drawEach = (scale: number) =>
    Object.entries(shapes).map(([key, shape]) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const values = Array.from({ length: size }, () => scale * random.normal());
      return [key, tf.tensor(values, shape)] as const;
    });
  const start = drawEach(1);
  // From far below the clipping norm to far above it.
  const gradients = Array.from({ length: steps }, (_, step) => drawEach(0.01 * 2 ** step));
  const learningRates = Array.from({ length: steps }, (_, step) =>
    scheduleLearningRate(
      { learningRate: 0.02, schedule: 'one-cycle' },
      { step, totalSteps: steps, validationLosses: [] },
    ),
  );

  const path = join(folder, 'gradients.bin');
  const addPrefix = (prefix: string | number, tensors: typeof start) =>
    tensors.map(([key, tensor]) => [`${prefix}/${key}`, tensor] as const);
  const tensors = Object.fromEntries([
    ...addPrefix('start', start),
    ...gradients.flatMap((gradient, step) => addPrefix(step, gradient)),
  ]);
  await writeCheckpoint(path, { state: null, tensors });
  const answers = await askPeer<Record<string, number[] | number[][]>[]>('optimise_keras.py', [
    path,
    JSON.stringify(cases.map((settings) => ({ learningRates, ...settings }))),
  ]);

  for (const [at, settings] of cases.entries()) {
    const variables = new Map(start.map(([key, value]) => [key, tf.variable(value)]));
    const adam = new Adam(variables);
    for (const [step, gradient] of gradients.entries()) {
      const named = gradient.map(([key, tensor]) => [variables.get(key)!.name, tensor]);
      adam.apply(Object.fromEntries(named), { learningRate: learningRates[step]!, ...settings });
    }
    for (const [key, variable] of variables) {
      const expected = answers[at]![key]!.flat();
      for (const [element, value] of [...variable.dataSync()].entries()) {
        expect(Math.abs(value - expected[element]!)).toBeLessThan(2e-6);
      }
    }
  }
});
