import { loadDsp } from '@ser/dsp-wasm';
import { describe, expect, it } from 'vitest';
import { augmentClip } from '../../src/augment/augment-clip.ts';
import { augmentationSchema, selectChanges } from '../../src/augment/augmentation-settings.ts';
import { createRandom } from '../../src/random.ts';

const sampleRateHz = 16000;
const dsp = await loadDsp();

function tone(frequencyHz: number, seconds = 1): Float32Array {
  return Float32Array.from(
    { length: sampleRateHz * seconds },
    (_, at) => 0.3 * Math.sin((2 * Math.PI * frequencyHz * at) / sampleRateHz),
  );
}

function augment(samples: Float32Array, changes: object, seed = 1): Float32Array {
  const settings = augmentationSchema.parse({ copies: 1, ...changes });
  const context = { sampleRateHz, random: createRandom(seed), dsp };
  return augmentClip(samples, selectChanges(settings), context);
}

/** Upward crossings of 0 a second, but for the ends. */
function countCrossings(samples: Float32Array): number {
  const inner = samples.subarray(2000, samples.length - 2000);
  const up = inner.filter((sample, at) => at > 0 && inner[at - 1]! < 0 && sample >= 0).length;
  return (up * sampleRateHz) / inner.length;
}

function powerDb(samples: Float32Array): number {
  const inner = samples.subarray(500, samples.length - 500);
  return 10 * Math.log10(inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length);
}

describe('augmentClip', () => {
  it('leaves a clip alone without changes', () => {
    expect(augment(tone(440), {})).toEqual(tone(440));
  });

  it('plays faster by the factor', () => {
    const faster = augment(tone(400), { speed: [1.25, 1.25] });
    expect(faster).toHaveLength(12800);
    const expected = tone(500, 0.8);
    for (let at = 500; at < 12300; at += 97) expect(faster[at]).toBeCloseTo(expected[at]!, 3);
  });

  it('changes the level', () => {
    const louder = augment(tone(440), { gainDb: [6, 6] });
    expect(powerDb(louder) - powerDb(tone(440))).toBeCloseTo(6, 4);
  });

  it.each([20, 3])('adds noise at %i dB below the clip', (snrDb) => {
    const clean = tone(440);
    const noisy = augment(clean, { noiseSnrDb: [snrDb, snrDb] });
    const noise = noisy.map((sample, at) => sample - clean[at]!);
    expect(powerDb(clean) - powerDb(noise)).toBeCloseTo(snrDb, 0);
  });

  it('shifts the pitch without the length, and the rate without the pitch', () => {
    const higher = augment(tone(400), { pitchSemitones: [12, 12] });
    expect(higher).toHaveLength(tone(400).length);
    const slower = augment(tone(400), { rate: [0.8, 0.8] });
    expect(slower).toHaveLength(tone(400).length / 0.8);
    expect(countCrossings(higher)).toBeCloseTo(800, -1);
    expect(countCrossings(slower)).toBeCloseTo(400, -1);
  });

  it('tilts the spectrum, and adds a room that outlasts the sound', () => {
    const tilted = (frequencyHz: number) =>
      powerDb(augment(tone(frequencyHz), { tiltDb: [12, 12] })) - powerDb(tone(frequencyHz));
    expect(tilted(60)).toBeCloseTo(-6, 0);
    expect(tilted(1000)).toBeCloseTo(0, 1);
    expect(tilted(7500)).toBeCloseTo(6, 0);
    const cut = tone(440).fill(0, 8000);
    const room = augment(cut, { reverbDecaySec: [0.5, 0.5] });
    expect(powerDb(room.subarray(8500, 12000))).toBeGreaterThan(-60);
  });

  it('leaves the band that a telephone leaves', () => {
    const kept = (frequencyHz: number) =>
      powerDb(augment(tone(frequencyHz), { lowestHz: [300, 300], highestHz: [3400, 3400] })) -
      powerDb(tone(frequencyHz));
    expect(kept(1000)).toBeCloseTo(0, 1);
    expect(kept(150)).toBeLessThan(-40);
    expect(kept(6000)).toBeLessThan(-40);
  });

  it('hangs on the seed alone, and each change on a stream of its own', () => {
    const all = { speed: [0.9, 1.1], gainDb: [-6, 6], noiseSnrDb: [10, 30] };
    expect(augment(tone(440), all, 3)).toEqual(augment(tone(440), all, 3));
    expect(augment(tone(440), all, 3)).not.toEqual(augment(tone(440), all, 4));
    const { gainDb } = all;
    const alone = augment(tone(440), { gainDb }, 3);
    const withSpeed = augment(tone(440), { gainDb, speed: [1, 1] }, 3);
    expect(powerDb(withSpeed)).toBeCloseTo(powerDb(alone), 3);
  });
});

describe('augmentationSchema', () => {
  it.each([
    { copies: 0 },
    { copies: 1, speed: [1.1, 0.9] },
    { copies: 1, speed: [0.1, 1] },
    { copies: 1, volume: [1, 2] },
    { copies: 1, lowestHz: [0, 300] },
    { copies: 2, versionsPerEpoch: 4 },
  ])('refuses %o', (value) => {
    expect(augmentationSchema.safeParse(value).success).toBe(false);
  });
});
