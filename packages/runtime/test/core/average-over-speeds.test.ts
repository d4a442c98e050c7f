import { expect, it } from 'vitest';
import { averageOverSpeeds } from '../../src/core/average-over-speeds.ts';
import { applyLabelBias } from '../../src/core/label-bias.ts';

const rows = [Float32Array.of(0.7, 0.2, 0.1), Float32Array.of(0.1, 0.6, 0.3)];

it('is the geometric mean, and a row alone stays as it is', () => {
  const roots = [0.07, 0.12, 0.03].map(Math.sqrt);
  const sum = roots.reduce((total, root) => total + root, 0);
  averageOverSpeeds(rows, 2)[0]!.forEach((value, label) => {
    expect(value).toBeCloseTo(roots[label]! / sum, 6);
  });
  expect(averageOverSpeeds([rows[0]!], 1)[0]).toBe(rows[0]);
});

it('gives the same whether labels are biased before or after it', () => {
  const bias = [1, -0.5, -0.5];
  const biased = rows.map((row) => Float32Array.from(applyLabelBias(row, bias)));
  const [before] = averageOverSpeeds(biased, 2);
  applyLabelBias(averageOverSpeeds(rows, 2)[0]!, bias).forEach((value, label) => {
    expect(before![label]).toBeCloseTo(value, 6);
  });
});

it('stands a probability of 0', () => {
  const certain = Float32Array.of(1, 0, 0);
  expect([...averageOverSpeeds([certain, certain], 2)[0]!]).toEqual([1, 0, 0]);
});

it('keeps clips apart, in their order', () => {
  const alone = [rows, rows.toReversed()].map((own) => averageOverSpeeds(own, 2)[0]);
  expect(averageOverSpeeds([...rows, ...rows.toReversed()], 2)).toEqual(alone);
  expect(averageOverSpeeds([], 2)).toEqual([]);
});
