import { describe, expect, it } from 'vitest';
import { createRandom, restoreRandom } from '../src/random.ts';

/** xoshiro128** from the state [1, 2, 3, 4], worked out with 64-bit integers. */
function drawWithBigInt(count: number): number[] {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  let [a, b, c, d] = [1n, 2n, 3n, 4n];
  return Array.from({ length: count }, () => {
    const result = (rotate((b * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (b << 9n) & mask;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11n);
    return Number(result) / 2 ** 32;
  });
}

describe('createRandom', () => {
  it('draws what xoshiro128** draws', () => {
    const random = restoreRandom([1, 2, 3, 4]);
    expect(Array.from({ length: 1000 }, () => random.next())).toEqual(drawWithBigInt(1000));
  });

  it('repeats by seed and continues from a stored state', () => {
    const first = createRandom(11);
    const again = createRandom(11);
    for (let i = 0; i < 10; i++) expect(first.next()).toBe(again.next());
    const state = JSON.parse(JSON.stringify(first.state()));
    const ahead = Array.from({ length: 5 }, () => first.next());
    const restored = restoreRandom(state);
    expect(Array.from({ length: 5 }, () => restored.next())).toEqual(ahead);
  });

  it('forks by name, whatever the parent has drawn', () => {
    const parent = createRandom(1);
    const before = parent.fork('a').next();
    parent.next();
    expect(parent.fork('a').next()).toBe(before);
    expect(parent.fork('b').next()).not.toBe(before);
    expect(createRandom(2).fork('a').next()).not.toBe(before);
  });

  it('draws evenly and normally', () => {
    const random = createRandom(5);
    const counts = new Array<number>(7).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 70_000; i++) {
      counts[random.integer(7)]! += 1;
      const deviate = random.normal();
      sum += deviate;
      squares += deviate * deviate;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(Math.abs(sum / 70_000)).toBeLessThan(0.015);
    expect(Math.abs(squares / 70_000 - 1)).toBeLessThan(0.03);
  });

  it('shuffles a copy', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = createRandom(0).shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.sort((a, b) => a - b)).toEqual(items);
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => createRandom(seed)).toThrow('seed is');
  });
});
