import { describe, expect, it } from 'vitest';
import { measureSound } from '../../src/core/audio/measure-sound.ts';
import { defaultUncertainty, parseManifest, readModelFile } from '../../src/core/index.ts';
import { findUncertainty } from '../../src/core/uncertainty.ts';
import { createClassifier } from '../../src/node.ts';
import { buildModel, readFixture } from '../fixtures.ts';

const rate = 16000;

/** Two seconds with a tone of `toneSec` at 0.5 s; the rest is noise `noiseDb` below the tone. */
function buildTone(toneSec: number, noiseDb = -80) {
  const level = 0.3 * 10 ** (noiseDb / 20);
  const samples = Float32Array.from({ length: 2 * rate }, (_, index) => {
    const inTone = index >= 0.5 * rate && index < (0.5 + toneSec) * rate;
    return inTone ? 0.3 * Math.sin(index / 9) : level * Math.sin(index * index);
  });
  return { samples, sampleRateHz: rate };
}

describe('measureSound', () => {
  it.each([0.1, 0.5, 1.2])('finds a tone of %f s in a quiet clip', (toneSec) => {
    expect(Math.abs(measureSound(buildTone(toneSec)) - toneSec)).toBeLessThanOrEqual(0.02);
  });

  it('leaves out what is 40 dB below the tone and counts what is 30 dB below', () => {
    expect(measureSound(buildTone(0.5, -40))).toBeCloseTo(0.5, 5);
    expect(measureSound(buildTone(0.5, -30))).toBeCloseTo(2, 5);
  });

  it('finds nothing in digital silence', () => {
    expect(measureSound({ samples: new Float32Array(rate), sampleRateHz: rate })).toBe(0);
  });
});

describe('findUncertainty', () => {
  it('has no doubt at the limits, and says the number below them', () => {
    const atLimits = { confidence: 0.5, soundSec: 0.5 };
    expect(findUncertainty(atLimits, undefined)).toBeNull();
    expect(findUncertainty({ ...atLimits, confidence: 0.4321 }, undefined)).toEqual({
      reason: 'low-confidence',
      message: 'The confidence is 0.432, below 0.5.',
    });
    expect(findUncertainty({ ...atLimits, soundSec: 0.2 }, undefined)).toEqual({
      reason: 'little-speech',
      message: 'Only 0.20 s of the clip sound; 0.5 s of speech are needed.',
    });
  });

  it('names missing speech before all else', () => {
    const unheard = { hasSpeech: false, confidence: 0.9, soundSec: 0.1 };
    expect(findUncertainty(unheard, {})).toEqual({
      reason: 'no-speech',
      message: 'No speech is heard in the clip.',
    });
  });

  it('names too little speech first: no confidence makes up for it', () => {
    expect(findUncertainty({ confidence: 0.1, soundSec: 0.1 }, {})?.reason).toBe('little-speech');
  });

  it('takes each limit from the manifest where it is there', () => {
    const values = { confidence: 0.6, soundSec: 0.3 };
    expect(findUncertainty(values, { minSpeechSec: 0.2 })).toBeNull();
    expect(findUncertainty(values, { minConfidence: 0.2 })?.reason).toBe('little-speech');
    expect(findUncertainty(values, { minSpeechSec: 0, minConfidence: 0.7 })?.reason).toBe(
      'low-confidence',
    );
  });
});

describe('the manifest', () => {
  const manifest = readModelFile(readFixture('tiny-model.onnx'));

  it('may lack the limits', () => {
    expect(manifest.uncertainty).toBeUndefined();
    expect(defaultUncertainty).toEqual({ minConfidence: 0.5, minSpeechSec: 0.5 });
  });

  it('is refused with limits that are none', () => {
    const broken = { ...manifest, uncertainty: { minConfidence: 1.5 } };
    expect(() => parseManifest(broken)).toThrow('wrong at uncertainty.minConfidence');
  });

  it('decides for predict and predictBatch', async () => {
    const reasons = [];
    for (const uncertainty of [
      { minConfidence: 0, minSpeechSec: 0 },
      { minConfidence: 1, minSpeechSec: 0 },
      { minConfidence: 1, minSpeechSec: 1 },
    ]) {
      const classifier = await createClassifier(buildModel({ ...manifest, uncertainty }));
      const options = { speechCheck: false };
      const alone = await classifier.predict(buildTone(0.6), options);
      const [outcome] = await classifier.predictBatch([buildTone(0.6)], options);
      expect(outcome).toMatchObject({ ok: true, prediction: { uncertain: alone.uncertain } });
      reasons.push(alone.uncertain?.reason ?? null);
      await classifier.dispose();
    }
    expect(reasons).toEqual([null, 'low-confidence', 'little-speech']);
  });
});
