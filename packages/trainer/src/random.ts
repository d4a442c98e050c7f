import { SerError } from '@ser/dsp-wasm';

/** The four 32-bit words that a generator continues from; plain JSON, for checkpoints. */
export type RandomState = readonly [number, number, number, number];

/**
 * A seeded stream of random numbers. The same seed gives the same stream on every machine.
 * Not for secrets.
 */
export interface Random {
  /** A number from [0, 1) in steps of 2^-32. */
  next(): number;
  /** A number from [low, high). */
  uniform(low: number, high: number): number;
  /** A whole number from 0 to `bound` - 1, every one equally likely. */
  integer(bound: number): number;
  /** A standard normal deviate (Box–Muller, one deviate a call), to the engine's `log` and `cos`. */
  normal(): number;
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * A generator of its own, determined by this generator's seed and `name` alone: what the parent
   * has drawn before does not matter, so adding a consumer never shifts another one's numbers.
   */
  fork(name: string): Random;
  /** Where the stream stands; give it to `restoreRandom` to continue. */
  state(): RandomState;
}

/**
 * Creates a xoshiro128** generator (Blackman and Vigna 2018), its state filled by splitmix32.
 *
 * @param seed a whole number from 0 to 2^32 - 1
 * @throws SerError INVALID_ARGUMENT for any other seed
 * @example
 * const random = createRandom(7);
 * const order = random.fork('order').shuffle(clips);
 */
export function createRandom(seed: number): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `seed is ${seed}; it must be a whole number from 0 to 4294967295.`,
    );
  }
  return new Xoshiro(expandSeed(seed), seed);
}

/** Continues a stream from a stored state. Forks of it are forks of the state, not of the first seed. */
export function restoreRandom(state: RandomState): Random {
  return new Xoshiro([...state], hashText(state.join(','), 0));
}

type Words = [number, number, number, number];

class Xoshiro implements Random {
  readonly #words: Words;
  readonly #seed: number;

  constructor(words: Words, seed: number) {
    this.#words = words;
    this.#seed = seed;
  }

  #nextWord(): number {
    const s = this.#words;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  next(): number {
    return this.#nextWord() / 0x100000000;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new SerError('INVALID_ARGUMENT', `bound is ${bound}; it must be from 1 to 2^32.`);
    }
    const limit = 0x100000000 - (0x100000000 % bound);
    let word = this.#nextWord();
    while (word >= limit) word = this.#nextWord();
    return word % bound;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  fork(name: string): Random {
    return createRandom(hashText(name, this.#seed));
  }

  state(): RandomState {
    return this.#words.map((word) => word >>> 0) as unknown as RandomState;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function expandSeed(seed: number): Words {
  let counter = seed;
  const nextWord = () => {
    counter = (counter + 0x9e3779b9) | 0;
    return mix(counter);
  };
  return [nextWord(), nextWord(), nextWord(), nextWord()];
}

/** FNV-1a over UTF-16 units, started from the seed and finished by the murmur3 mixer. */
function hashText(text: string, seed: number): number {
  let hash = mix(seed ^ 0x811c9dc5);
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return mix(hash) >>> 0;
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
