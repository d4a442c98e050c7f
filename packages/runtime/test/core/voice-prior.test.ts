import { describe, expect, it } from 'vitest';
import {
  formatVoicePrior,
  measureShift,
  parseVoicePrior,
  SpeakerMean,
  type VoicePrior,
} from '../../src/core/index.ts';
import { catchSerError } from '../fixtures.ts';

/** Two corpora far from each other, whose clips lie within 1 of a speaker, and speakers within 0.5. */
const prior: VoicePrior = {
  centre: Float32Array.of(0, 0),
  scale: Float32Array.of(1, 2),
  within: 1,
  corpora: [
    { centre: Float32Array.of(-10, 0), between: 0.25 },
    { centre: Float32Array.of(10, 0), between: 0.25 },
  ],
  told: null,
};

describe('measureShift', () => {
  it('compares a voice of a known corpus with the others of it, shrunk by their spread', () => {
    // within / between is 4: four clips count half.
    const shift = measureShift({ clips: 4, mean: Float32Array.of(10.5, 1) }, prior);
    expect([...shift]).toEqual([0.25, 0.5]);
  });

  it('brings a foreign voice to the mean of all', () => {
    const shift = measureShift({ clips: 3, mean: Float32Array.of(0, 40) }, prior);
    expect([...shift]).toEqual([0, 20]);
  });

  it('hardly moves by one clip, and by many as far as the voice lies', () => {
    const of = (clips: number) =>
      measureShift({ clips, mean: Float32Array.of(10.5, 0) }, prior)[0]!;
    expect(of(1)).toBeCloseTo(0.1, 6);
    expect(of(1e6)).toBeCloseTo(0.5, 4);
  });

  it('takes what it was told before for clips of the same voice', () => {
    const [early, late] = [Float32Array.of(10, 2), Float32Array.of(11, 0)];
    const mean = new SpeakerMean(2);
    mean.add(early);
    mean.add(late, 3);
    const told = { clips: 1, mean: early };
    const shift = measureShift({ clips: 3, mean: late }, { ...prior, told });
    const atOnce = measureShift(mean.profile!, prior);
    shift.forEach((value, i) => {
      expect(value).toBeCloseTo(atOnce[i]!, 6);
    });
  });

  it.each([
    [{ clips: 0, mean: Float32Array.of(0, 0) }, 'speaker.clips is 0'],
    [{ clips: 1, mean: Float32Array.of(0) }, 'speaker.mean has 1 numbers; it must have 2'],
    [{ clips: 1, mean: Float32Array.of(0, Number.NaN) }, 'all finite'],
  ])('refuses %o', async (profile, message) => {
    const error = await catchSerError(() => measureShift(profile, prior));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain(message);
  });
});

describe('the text of a prior', () => {
  it('is read as it was written', () => {
    const whole = { ...prior, told: { clips: 2.5, mean: Float32Array.of(1e-7, -3.25) } };
    expect(parseVoicePrior(formatVoicePrior(whole))).toEqual(whole);
    expect(parseVoicePrior(formatVoicePrior(prior))).toEqual(prior);
  });

  it.each([
    [undefined, 'lacks ser.voices'],
    ['{', 'is not JSON'],
    [formatVoicePrior({ ...prior, corpora: [] }), 'wrong at corpora'],
    [formatVoicePrior({ ...prior, within: 0 }), 'wrong at within'],
    [formatVoicePrior({ ...prior, scale: Float32Array.of(1, 0) }), 'a scale is not above 0'],
    [formatVoicePrior({ ...prior, scale: Float32Array.of(1) }), 'lists differ in length'],
    [formatVoicePrior({ ...prior, centre: Float32Array.of(Number.NaN, 0) }), 'no list of numbers'],
    [formatVoicePrior(prior).replace(/"centre":"[^"]*"/, '"centre":"AAA"'), 'no list of numbers'],
  ])('refuses %s', async (text, message) => {
    const error = await catchSerError(() => parseVoicePrior(text));
    expect(error.code).toBe('MODEL_INVALID');
    expect(error.message).toContain(message);
  });
});
