import type { AudioClip } from '@ser/runtime';

const order = 18;
const windowSec = 0.025;

/**
 * The clip as if it were whispered: the resonances of each 25 ms, by linear prediction, sound from
 * noise in place of a voice.
 */
export function whisper({ samples, sampleRateHz }: AudioClip, random: () => number): AudioClip {
  const length = Math.round(windowSec * sampleRateHz);
  const hop = length >> 1;
  const whispered = new Float32Array(samples.length);
  for (let start = 0; start + length <= samples.length; start += hop) {
    const frame = Float64Array.from({ length }, (_, at) => {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / length);
      return window * samples[start + at]!;
    });
    const { coefficients, gain } = predictLinearly(frame);
    const past = new Float64Array(order);
    for (let at = 0; at < length; at++) {
      let value = gain * (random() + random() + random() - 1.5);
      for (let lag = 0; lag < order; lag++) value -= coefficients[lag]! * past[lag]!;
      past.copyWithin(1, 0);
      past[0] = value;
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / length);
      whispered[start + at]! += window * value;
    }
  }
  return { samples: whispered, sampleRateHz };
}

/** Levinson and Durbin's recursion on the autocorrelation of a frame. */
function predictLinearly(frame: Float64Array): { coefficients: Float64Array; gain: number } {
  const correlation = Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0;
    for (let at = lag; at < frame.length; at++) sum += frame[at]! * frame[at - lag]!;
    return sum;
  });
  let coefficients = new Float64Array(order);
  let error = correlation[0]! * 1.0001 + 1e-12;
  for (let step = 0; step < order; step++) {
    let sum = correlation[step + 1]!;
    for (let lag = 0; lag < step; lag++) sum += coefficients[lag]! * correlation[step - lag]!;
    const reflection = -sum / error;
    const next = coefficients.slice();
    next[step] = reflection;
    for (let lag = 0; lag < step; lag++) {
      next[lag] = coefficients[lag]! + reflection * coefficients[step - 1 - lag]!;
    }
    coefficients = next;
    error *= 1 - reflection * reflection;
  }
  return { coefficients, gain: Math.sqrt(error / frame.length) * 2 };
}
