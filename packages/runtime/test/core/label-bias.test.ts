import { SerError } from '@ser/dsp-wasm';
import { describe, expect, it } from 'vitest';
import { applyLabelBias, fitLabelBias } from '../../src/core/label-bias.ts';

/** Clips of each label in turn, of which the model hears label 0 too rarely and 2 too often. */
function makeRows(count: number, wrong = [-2, 0, 1]): number[][] {
  return Array.from({ length: count }, (_, clip) => {
    const weights = wrong.map((by, label) =>
      Math.exp(2 * Number(clip % 3 === label) + by + 2 * Math.sin(clip * (7 + 4 * label))),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function countRight(rows: readonly ArrayLike<number>[]): number {
  return rows.filter((row, clip) => {
    const values = Array.from(row);
    return values.indexOf(Math.max(...values)) === clip % 3;
  }).length;
}

describe('fitLabelBias', () => {
  it('undoes a bias of the model, and more clips are right', () => {
    const rows = makeRows(600);
    const bias = fitLabelBias(rows);
    for (const [label, by] of [-2, 0, 1].entries()) {
      expect(bias[label]).toBeCloseTo(-by - 1 / 3, 0);
    }
    const adapted = rows.map((row) => applyLabelBias(row, bias));
    for (const label of [0, 1, 2]) {
      const mean = adapted.reduce((sum, row) => sum + row[label]!, 0) / rows.length;
      expect(mean).toBeCloseTo(1 / 3, 2);
    }
    expect(countRight(adapted)).toBeGreaterThan(1.1 * countRight(rows));
  });

  it('leaves a balanced model as it is', () => {
    const uniform = Array.from({ length: 30 }, () => [0.25, 0.25, 0.25, 0.25]);
    expect(fitLabelBias(uniform)).toEqual([0, 0, 0, 0]);
  });

  it('moves little for a few clips', () => {
    const largest = (count: number) =>
      Math.max(...fitLabelBias(Array.from({ length: count }, () => [0.9, 0.05, 0.05])));
    expect(largest(1)).toBeLessThan(0.3);
    expect(largest(1)).toBeLessThan(largest(10));
    expect(largest(10)).toBeLessThan(largest(1000));
  });

  it('takes away labels that do not occur', () => {
    const rows = makeRows(300);
    const bias = fitLabelBias(rows, [true, false, true]);
    expect(bias[1]).toBe(-30);
    expect(bias[0]! + bias[2]!).toBeCloseTo(0, 9);
    const adapted = rows.map((row) => applyLabelBias(row, bias));
    expect(Math.max(...adapted.map((row) => row[1]!))).toBeLessThan(1e-9);
  });

  it('copes with probabilities of 0 and 1', () => {
    const bias = fitLabelBias([
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(bias.every(Number.isFinite)).toBe(true);
  });

  it.each([
    [[], undefined, /probabilities is empty/],
    [[[0.5, 0.5]], [true, false], /leaves 1 of 2 labels/],
  ] as [number[][], boolean[] | undefined, RegExp][])('refuses %j, %j', (rows, occurs, message) => {
    expect(() => fitLabelBias(rows, occurs)).toThrow(SerError);
    expect(() => fitLabelBias(rows, occurs)).toThrow(message);
  });
});
