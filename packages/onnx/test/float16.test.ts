import { describe, expect, it } from 'vitest';
import { fromFloat16Bits, toFloat16Bits } from '../src/index.ts';

describe('float16', () => {
  it('gives every number of 16 bits its own bits back', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = fromFloat16Bits(half);
      if (!Number.isNaN(value)) expect(toFloat16Bits(value)).toBe(half);
    }
    expect(fromFloat16Bits(toFloat16Bits(Number.NaN))).toBeNaN();
  });

  it.each([
    ['halves go to the even neighbour', 1 + 2 ** -11, 0x3c00],
    ['also upwards', 1 + 3 * 2 ** -11, 0x3c02],
    ['just above a half goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ['rounding carries into the exponent', 2 - 2 ** -12, 0x4000],
    ['the largest that is finite', 65519, 0x7bff],
    ['the smallest that is infinite', 65520, 0x7c00],
    ['half of the smallest goes to zero', 2 ** -25, 0],
    ['more than that does not', -1.1 * 2 ** -25, 0x8001],
  ])('%s', (_, value, bits) => {
    expect(toFloat16Bits(value)).toBe(bits);
  });
});
