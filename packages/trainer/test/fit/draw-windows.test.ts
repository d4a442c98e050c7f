import { expect, it } from 'vitest';
import { drawWindows } from '../../src/fit/draw-windows.ts';
import type { Example } from '../../src/fit/example.ts';
import { createRandom } from '../../src/random.ts';

/** Each frame of an example holds its number. */
function makeExample(number: number, speaker: string, label: number, frames: number): Example {
  const matrix = { data: new Float32Array(frames * 2).fill(number), frames, features: 2 };
  return { matrix, label, speaker, corpus: 'own', name: `${number}` };
}

const drawn = [
  ...[0, 1, 2, 3].map((number) => makeExample(number, 'a', 0, 20)),
  ...[4, 5].map((number) => makeExample(number, 'b', 0, 20)),
  makeExample(6, 'a', 1, 4),
];
const draw = (share: number, seed = 1) =>
  drawWindows(drawn, { share, frames: 15, random: createRandom(seed) });

it('cuts a window anywhere from two clips of one speaker and label', () => {
  const starts = new Set<number>();
  for (let seed = 0; seed < 300; seed++) {
    draw(1, seed).forEach(({ matrix, label, name }, at) => {
      expect({ label, name }).toEqual({ label: drawn[at]!.label, name: drawn[at]!.name });
      const numbers = [...new Set(matrix.data)];
      const [first, last] = at < 4 ? [0, 3] : at < 6 ? [4, 5] : [6, 6];
      expect(numbers.every((number) => number >= first && number <= last)).toBe(true);
      // Two clips of 4 frames are shorter than a window.
      expect(matrix.frames).toBe(at === 6 ? 8 : 15);
      expect(matrix.data).toHaveLength(matrix.frames * 2);
      if (at === 0 && numbers.length > 1) starts.add(matrix.data.indexOf(numbers[1]!) / 2);
    });
  }
  expect(starts.size).toBeGreaterThan(12);
});

it('leaves the other clips as they are', () => {
  expect(draw(0)).toEqual(drawn);
  const kept = Array.from({ length: 40 }, (_, seed) => draw(0.3, seed)).flat();
  const share = kept.filter((example) => drawn.includes(example)).length / kept.length;
  expect(share).toBeGreaterThan(0.6);
  expect(share).toBeLessThan(0.8);
  expect(draw(0.3, 5)).toEqual(draw(0.3, 5));
});
