import { expect, it } from 'vitest';
import { scheduleLearningRate } from '../../src/fit/learning-rate.ts';

const rates = (schedule: 'constant' | 'cosine' | 'one-cycle') =>
  [0, 30, 65, 100].map((step) => scheduleLearningRate({ learningRate: 1, schedule }, step, 101));

it('keeps, anneals, or rises and falls', () => {
  expect(rates('constant')).toEqual([1, 1, 1, 1]);
  expect(rates('cosine')).toEqual(
    [1, (1 + Math.cos(0.3 * Math.PI)) / 2, (1 + Math.cos(0.65 * Math.PI)) / 2, 0].map((rate) =>
      expect.closeTo(rate, 10),
    ),
  );
  expect(rates('one-cycle')).toEqual(
    [0.04, 1, (1 + 1e-4) / 2, 1e-4].map((rate) => expect.closeTo(rate, 10)),
  );
});
