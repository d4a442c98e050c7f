import type { Tensor2D } from '@tensorflow/tfjs-node';
import { describe, expect, it } from 'vitest';
import { measureLoss } from '../../src/fit/loss.ts';
import { mixBatch } from '../../src/fit/mixup.ts';
import { createTarget, weighClasses } from '../../src/fit/targets.ts';
import { createRandom } from '../../src/random.ts';
import { tf } from '../../src/tensorflow/tf.ts';

const matrix = { data: Float32Array.of(1, 2, 3), frames: 3, features: 1 };
const plain = { classes: 4, labelSmoothing: 0, classWeights: [1, 1, 1, 1] };

function targetsOf(labels: number[], options = plain, knownLabels?: number[]) {
  return labels.map((label) =>
    createTarget({ matrix, label, ...(knownLabels && { knownLabels }) }, options),
  );
}

const logits = tf.tensor2d([
  [1, -2, 0.5, 3],
  [0, 2, 1, -1],
]);

describe('measureLoss', () => {
  it.each([0, 0.1])('is smoothed cross-entropy as tfjs defines it, smoothing %d', (smoothing) => {
    const loss = measureLoss(logits, targetsOf([3, 0], { ...plain, labelSmoothing: smoothing }));
    const labels = tf.oneHot([3, 0], 4);
    const expected = tf.losses.softmaxCrossEntropy(labels, logits, undefined, smoothing);
    expect(loss.dataSync()[0]).toBeCloseTo(expected.dataSync()[0]!, 6);
  });

  it("looks at no label that a clip's corpus lacks", () => {
    const options = { ...plain, labelSmoothing: 0.2 };
    const targets = targetsOf([3, 0], options, [0, 3]);
    const small = [
      createTarget({ matrix, label: 1 }, { ...options, classes: 2 }),
      createTarget({ matrix, label: 0 }, { ...options, classes: 2 }),
    ];
    const known = tf.gather(logits, [0, 3], 1) as Tensor2D;
    const loss = measureLoss(logits, targets).dataSync()[0]!;
    expect(loss).toBeCloseTo(measureLoss(known, small).dataSync()[0]!, 6);
    const gradient = tf.grad((x) => measureLoss(x as Tensor2D, targets))(logits) as Tensor2D;
    for (const row of gradient.arraySync()) expect([row[1], row[2]]).toEqual([0, 0]);
  });

  it('weighs the clips of a label', () => {
    const weighted = { ...plain, classWeights: [1, 1, 1, 5] };
    const [first, second] = [0, 1].map((row) => {
      const labels = [3, 0].slice(row, row + 1);
      const one = tf.slice2d(logits, [row, 0], [1, 4]);
      return measureLoss(one, targetsOf(labels)).dataSync()[0]!;
    });
    const loss = measureLoss(logits, targetsOf([3, 0], weighted)).dataSync()[0]!;
    expect(loss).toBeCloseTo((5 * first! + second!) / 2, 5);
  });
});

it('weighs classes as scikit-learn does', () => {
  const examples = [0, 0, 0, 0, 0, 0, 2, 2].map((label) => ({ matrix, label }));
  expect(weighClasses(examples, 3, 'balanced')).toEqual([8 / 12, 1, 8 / 4]);
  expect(weighClasses(examples, 3, 'none')).toEqual([1, 1, 1]);
});

describe('mixBatch', () => {
  const items = [10, 20, 30, 40].map((value, label) => ({
    matrix: { data: new Float32Array(2 + label).fill(value), frames: 2 + label, features: 1 },
    target: createTarget({ matrix, label }, plain),
  }));

  it('mixes features and targets by the same share, at the length of each clip', () => {
    const mixed = mixBatch(items, 0.4, createRandom(5));
    expect(mixed.map((item) => item.matrix.frames)).toEqual([2, 3, 4, 5]);
    mixed.forEach(({ matrix, target }) => {
      const value = [10, 20, 30, 40].reduce((sum, x, label) => sum + x * target.weights[label]!, 0);
      for (const sample of matrix.data) expect(sample).toBeCloseTo(value, 4);
      expect(target.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 6);
    });
    expect(mixBatch(items, 0.4, createRandom(5))).toEqual(mixed);
  });

  it('draws shares with the moments of the Beta distribution', () => {
    const pair = [items[0]!, items[1]!];
    const random = createRandom(1);
    const shares: number[] = [];
    while (shares.length < 4000) {
      const [first] = mixBatch(pair, 0.5, random);
      const share = first!.target.weights[0]!;
      if (share < 1) shares.push(share);
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(variance).toBeCloseTo(1 / 8, 1.5);
  });

  it('mixes only clips whose corpora have the same labels', () => {
    const foreign = items.map((item, at) => ({
      ...item,
      target: { ...item.target, knownLabels: at < 2 ? [0, 1] : [2, 3] },
    }));
    for (let seed = 0; seed < 20; seed++) {
      mixBatch(foreign, 1, createRandom(seed)).forEach(({ target }, at) => {
        const others = at < 2 ? [2, 3] : [0, 1];
        for (const label of others) expect(target.weights[label]).toBe(0);
      });
    }
  });
});
