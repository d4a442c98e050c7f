import { assertInteger } from '../checks.ts';

/** Random numbers that are the same for the same seed on every machine. */
export interface Random {
  /** Even on 0 … 1, without 1. */
  uniform(): number;
  /** Normal, mean 0, deviation 1. */
  normal(): number;
}

/**
 * Marsaglia's xorshift of 128 bits (2003), its state filled from the seed by Knuth's multiplier.
 *
 * @param seed a whole number from 0 to 2^32 - 1.
 */
export function createRandom(seed: number): Random {
  assertInteger('seed', seed, 0, 4294967295);
  let filler = seed;
  const state = Uint32Array.from({ length: 4 }, () => {
    filler = (Math.imul(filler, 1664525) + 1013904223) >>> 0;
    return filler ^ (filler >>> 15);
  });
  state[3]! |= 1;
  const next = () => {
    let t = state[0]! ^ (state[0]! << 11);
    t ^= t >>> 8;
    const last = state[3]!;
    // One by one: `copyWithin` takes several times as long.
    state[0] = state[1]!;
    state[1] = state[2]!;
    state[2] = last;
    state[3] = last ^ (last >>> 19) ^ t;
    return state[3]!;
  };
  for (let i = 0; i < 16; i++) next();
  const uniform = () => next() / 4294967296;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
