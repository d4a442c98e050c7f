import { readFileSync } from 'node:fs';
import { SerError } from '@ser/dsp-wasm';
import { describe, expect, it } from 'vitest';
import { fitLinearHead, predictWithHead } from '../../src/index.ts';

/** By scikit-learn, see make_linear_head.py beside it. */
const golden = JSON.parse(
  readFileSync(new URL('goldens/linear-head.json', import.meta.url), 'utf8'),
) as {
  penalty: number;
  embeddings: number[][];
  labels: number[];
  weights: number[];
  probabilities: number[][];
};
const rows = golden.embeddings.map((row) => Float32Array.from(row));
const examples = rows.map((embedding, at) => ({
  embedding,
  label: golden.labels[at]!,
  weight: golden.weights[at]!,
}));
const options = { classes: 4, penalty: golden.penalty, labelSmoothing: 0 };

describe('fitLinearHead', () => {
  it("finds scikit-learn's logistic regression", () => {
    const probabilities = predictWithHead(fitLinearHead(examples, options), rows);
    probabilities.forEach((row, at) => {
      row.forEach((value, k) => {
        expect(value).toBeCloseTo(golden.probabilities[at]![k]!, 3);
      });
    });
  });

  it('is less sure with a larger penalty, and with smoothed labels', () => {
    const confidence = (change: Partial<typeof options>) =>
      predictWithHead(fitLinearHead(examples, { ...options, ...change }), rows)
        .map((row) => Math.max(...row))
        .reduce((sum, value) => sum + value, 0) / rows.length;
    const plain = confidence({});
    expect(confidence({ penalty: 5 })).toBeLessThan(plain - 0.05);
    expect(confidence({ labelSmoothing: 0.2 })).toBeLessThan(plain - 0.05);
  });

  it('learns nothing about labels that an example does not know', () => {
    // Label 3 has no example; where the others know of it they teach that they are not it.
    const three = examples.filter(({ label }) => label !== 3);
    const open = three.map((example) => ({ ...example, knownLabels: [0, 1, 2] }));
    const share = (head: ReturnType<typeof fitLinearHead>) =>
      predictWithHead(head, rows).reduce((sum, row) => sum + row[3]!, 0) / rows.length;
    expect(share(fitLinearHead(three, options))).toBeLessThan(0.05);
    expect(share(fitLinearHead(open, options))).toBeGreaterThan(0.1);
  });

  it('does not divide by a number that never changes', () => {
    const flat = examples.map(({ embedding, ...rest }) => ({
      ...rest,
      embedding: Float32Array.of(...embedding, 7),
    }));
    const [row] = predictWithHead(fitLinearHead(flat, options), [flat[0]!.embedding]);
    expect(row!.every(Number.isFinite)).toBe(true);
  });

  it('refuses nothing at all, and embeddings of different lengths', () => {
    expect(() => fitLinearHead([], options)).toThrow(SerError);
    const odd = { embedding: Float32Array.of(1), label: 0 };
    expect(() => fitLinearHead([...examples, odd], options)).toThrow(/all of one length/);
  });
});
