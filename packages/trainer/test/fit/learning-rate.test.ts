import { expect, it } from 'vitest';
import { scheduleLearningRate } from '../../src/fit/learning-rate.ts';

const rates = (schedule: 'constant' | 'cosine' | 'one-cycle') =>
  [0, 30, 65, 100].map((step) =>
    scheduleLearningRate(
      { learningRate: 1, schedule },
      { step, totalSteps: 101, validationLosses: [] },
    ),
  );

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

it('halves after every five epochs without a lower validation loss', () => {
  const rateAfter = (validationLosses: number[]) =>
    scheduleLearningRate(
      { learningRate: 1, schedule: 'reduce-on-plateau' },
      { step: 0, totalSteps: 100, validationLosses },
    );
  expect(rateAfter([])).toBe(1);
  expect(rateAfter([3, 2, 2, 2, 2, 2])).toBe(1);
  expect(rateAfter([3, 2, 2, 2, 2, 2, 2])).toBe(0.5);
  expect(rateAfter([3, 2, 2, 2, 2, 2, 1.9, 2, 2, 2, 2])).toBe(1);
  expect(rateAfter([3, 2, ...new Array(10).fill(2)])).toBe(0.25);
});
