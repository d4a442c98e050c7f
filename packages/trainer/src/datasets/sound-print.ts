import type { Dsp } from '@ser/dsp-wasm';
import type { AudioClip } from '@ser/runtime/core';
import { sumSquares } from './correlate.ts';

/**
 * What is left of a clip to tell whether another holds the same recording: encodings, rates from 8 kHz
 * on, levels, polarity, silence around it and faint noise hardly change it.
 */
export interface SoundPrint {
  /** The file's own rate. */
  sampleRateHz: number;
  /** The change from sample to sample at {@link printRateHz}, scaled to the largest. */
  wave: Int8Array;
  /** Loudness every 20 ms. */
  envelope: Float32Array;
  /** What does not hang on when the clip begins: see {@link printClip}. */
  sketch: Float32Array;
}

/** Speech has most of its power below 2 kHz, which every encoding keeps. */
export const printRateHz = 4000;
/** What is longer is compared by its beginning. */
const longestSec = 60;
/** Of shorter clips too little is there to tell them apart. */
const shortestSec = 0.2;
const envelopeHop = 80;
const spectrumLags = 16;
const rhythmLags = 40;
const largestStep = 127;

/** A clip with less of its level below 2 kHz has none of its sound there. */
const leastShare = 1e-3;

/** The wave of a clip; null where it is silent or too short to be told from others. */
export function printClip({ samples, sampleRateHz }: AudioClip, dsp: Dsp): Int8Array | null {
  const beginning = samples.subarray(0, longestSec * sampleRateHz);
  const slow =
    sampleRateHz === printRateHz
      ? beginning
      : dsp.resample(beginning, { fromHz: sampleRateHz, toHz: printRateHz });
  if (slow.length < shortestSec * printRateHz) return null;
  const steps = slow.map((sample, at) => (at === 0 ? 0 : sample - slow[at - 1]!));
  const largest = findPeak(steps);
  if (!(largest > leastShare * findPeak(beginning) && largest < Infinity)) return null;
  return Int8Array.from(steps, (step) => Math.round((largestStep * step) / largest));
}

/**
 * The whole print of a wave. Its sketch is the autocorrelation of the wave, which is its spectrum over
 * the clip, and that of its power every 20 ms, its rhythm: loud parts decide both, and neither knows
 * where in the file they are.
 */
export function completePrint(wave: Int8Array, sampleRateHz: number): SoundPrint {
  const steps = Float64Array.from(wave);
  const power = Float64Array.from({ length: Math.ceil(steps.length / envelopeHop) }, (_, frame) =>
    sumSquares(steps.subarray(frame * envelopeHop, (frame + 2) * envelopeHop)),
  );
  const sketch = new Float32Array(spectrumLags + rhythmLags);
  sketch.set(autocorrelate(steps, spectrumLags));
  sketch.set(autocorrelate(power, rhythmLags), spectrumLags);
  return { sampleRateHz, wave, envelope: Float32Array.from(power, Math.sqrt), sketch };
}

function findPeak(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** At lags from 1 on, relative to that of 0. */
function autocorrelate(values: Float64Array, lags: number): number[] {
  const whole = sumSquares(values);
  return Array.from({ length: lags }, (_, index) => {
    const lag = index + 1;
    let sum = 0;
    for (let at = lag; at < values.length; at++) sum += values[at]! * values[at - lag]!;
    return sum / whole;
  });
}
