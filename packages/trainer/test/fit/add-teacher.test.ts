import { expect, it } from 'vitest';
import { addTeacher } from '../../src/fit/add-teacher.ts';
import { drawEpoch } from '../../src/fit/draw-epoch.ts';
import { predictProbabilities } from '../../src/fit/predict-probabilities.ts';
import { createTarget } from '../../src/fit/targets.ts';
import { buildModel } from '../../src/models/build-model.ts';
import { createRandom } from '../../src/random.ts';
import { createExamples } from './synthetic-examples.ts';

const teacher = buildModel(
  { normalisation: 'clip', specAugment: null, lstmUnits: [4], denseUnits: 4, dropout: 0 },
  { features: 3, classes: 3, seed: 0 },
);
const clips = createExamples(6, 1);
const copies = createExamples(12, 2).map(({ matrix }) => matrix);
const examples = clips.map((clip, at) => ({ ...clip, copies: copies.slice(2 * at, 2 * at + 2) }));

it('gives each version of a clip, in every epoch, what the teacher says of that version', () => {
  const drawn = drawEpoch(addTeacher(teacher, examples), {
    ...{ sampling: 'every-clip', versionsPerEpoch: 3, random: createRandom(0) },
  });
  expect(drawn).toHaveLength(18);
  for (const { matrix, taught } of drawn) {
    const [said] = predictProbabilities(teacher, [matrix]);
    expect(taught).toHaveLength(1);
    taught![0]!.forEach((probability, label) => {
      expect(probability).toBeCloseTo(said![label]!, 6);
    });
  }
});

it('draws the same versions with a teacher as without', () => {
  const settings = { sampling: 'every-clip', versionsPerEpoch: 1 } as const;
  const [plain, taught] = [examples, addTeacher(teacher, examples)].map((all) =>
    drawEpoch(all, { ...settings, random: createRandom(7) }).map(({ matrix }) => matrix),
  );
  expect(taught).toEqual(plain);
});

it("makes a target of the teacher's share and the label's, on the labels of the corpus", () => {
  const clip = { ...clips[0]!, label: 0, taught: [Float32Array.of(0.5, 0.3, 0.2)] };
  const options = { classes: 3, labelSmoothing: 0.1, classWeights: [1, 1, 1], teacherShare: 0.6 };
  const smooth = 0.1 / 3;
  const expected = [
    0.4 * (0.9 + smooth) + 0.6 * 0.5,
    0.4 * smooth + 0.6 * 0.3,
    0.4 * smooth + 0.6 * 0.2,
  ];
  createTarget(clip, options).weights.forEach((weight, label) => {
    expect(weight).toBeCloseTo(expected[label]!, 6);
  });
  const { weights } = createTarget({ ...clip, knownLabels: [0, 2] }, options);
  expect(weights[1]).toBe(0);
  expect(weights[0]).toBeCloseTo(0.4 * 0.95 + (0.6 * 0.5) / 0.7, 6);
  const { taught, ...untaught } = clip;
  expect(createTarget(untaught, options)).toEqual(
    createTarget(untaught, { ...options, teacherShare: 0 }),
  );
});
