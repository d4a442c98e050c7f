import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from '@ser/runtime/core';

/** An answer this close to no answer at all: its entropy beside that of equal probabilities. */
const nearlyUniform = 0.99;

/**
 * Three clips that differ in everything: a second of noise, a sung tone, a falling buzz in syllables.
 * Whoever tells emotions apart answers each differently.
 */
export function createProbes(): AudioClip[] {
  const sampleRateHz = 16000;
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const make = (durationSec: number, sample: (timeSec: number) => number): AudioClip => ({
    samples: Float32Array.from({ length: durationSec * sampleRateHz }, (_, at) =>
      sample(at / sampleRateHz),
    ),
    sampleRateHz,
  });
  return [
    make(1, () => 0.1 * random()),
    make(1.7, (t) => 0.3 * Math.sin(2 * Math.PI * (220 * t + 0.8 * Math.sin(2 * Math.PI * 5 * t)))),
    make(2.5, (t) => {
      const cycles = 180 * t - 20 * t * t;
      return 0.2 * (2 * (cycles % 1) - 1) * Math.max(0, Math.sin(2 * Math.PI * 3 * t));
    }),
  ];
}

/**
 * What the answers of an imported classifier to {@link createProbes} say of it.
 *
 * @param rows probabilities of each probe
 * @returns a sentence where every answer is nearly uniform, as of a head that was never trained.
 * @throws SerError `MODEL_INVALID` for answers of another size than the labels, that are not finite,
 *   or that are the same for every clip.
 */
export function judgeAnswers(
  rows: readonly ArrayLike<number>[],
  { labels }: { labels: readonly string[] },
): string[] {
  for (const row of rows) {
    if (row.length !== labels.length) {
      throw refuse(`it gives ${row.length} probabilities for ${labels.length} labels`);
    }
    const wrong = Array.from(row).find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw refuse(`one of its probabilities is ${wrong}`);
  }
  const [first] = rows;
  if (rows.every((row) => Array.from(row).every((value, at) => value === first?.[at]))) {
    throw refuse('it gives the same probabilities whatever it hears');
  }
  const isBlind = rows.every(
    (row) => measureEntropy(row) > nearlyUniform * Math.log(labels.length),
  );
  if (!isBlind) return [];
  return [
    `It finds all ${labels.length} labels nearly equally probable for each of ${rows.length} clips that differ: its head may be random.`,
  ];
}

function measureEntropy(row: ArrayLike<number>): number {
  return Array.from(row).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

function refuse(what: string): SerError {
  return new SerError('MODEL_INVALID', `The imported classifier does not work: ${what}.`);
}
