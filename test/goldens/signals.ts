/**
 * The synthetic test signals, by sums and products of doubles only, so that signals.py makes the
 * same bits.
 */
type Complex = readonly [number, number];

function nextState(state: number): number {
  return (Math.imul(1664525, state) + 1013904223) >>> 0;
}

export function noise(length: number, amplitude: number, seed: number): Float32Array {
  let state = seed;
  return new Float32Array(length).map(() => {
    state = nextState(state);
    return amplitude * (state / 2147483648 - 1);
  });
}

export function tone(length: number, amplitude: number, [turnRe, turnIm]: Complex): Float32Array {
  let [re, im] = [1, 0];
  return new Float32Array(length).map(() => {
    const value = Math.min(1, Math.max(-1, amplitude * im));
    [re, im] = [re * turnRe - im * turnIm, re * turnIm + im * turnRe];
    return value;
  });
}

export function chirp(
  length: number,
  amplitude: number,
  rotor: Complex,
  [growRe, growIm]: Complex,
): Float32Array {
  let [re, im] = [1, 0];
  let [turnRe, turnIm] = rotor;
  return new Float32Array(length).map(() => {
    const value = amplitude * im;
    [re, im] = [re * turnRe - im * turnIm, re * turnIm + im * turnRe];
    [turnRe, turnIm] = [turnRe * growRe - turnIm * growIm, turnRe * growIm + turnIm * growRe];
    return value;
  });
}

/** In from nothing and out to nothing, by the fourth power of a parabola. */
export function fade(samples: Float32Array): Float32Array {
  return samples.map((value, i) => {
    const t = i / samples.length;
    const arch = 4 * t * (1 - t);
    return value * (arch * arch * arch * arch);
  });
}

const resonators = [
  [1.9353682890043349, -0.9746804022198817],
  [1.851118036461367, -0.9691414634761785],
  [1.4424962663152856, -0.9554314367011478],
] as const;

/** Pulses of a slowly moving pitch with breath, through three formants, with pauses. */
export function voice(length: number, amplitude: number): Float32Array {
  let state = 7;
  let wait = 0;
  let period = 150;
  const memory = resonators.map(() => [0, 0] as [number, number]);
  return new Float32Array(length).map((_, i) => {
    state = nextState(state);
    let value = 0.002 * (state / 2147483648 - 1);
    if (i % 11025 < 8000) {
      if (wait === 0) {
        value += 1;
        wait = period;
        period = 120 + ((period * 7 + 13) % 61);
      }
      wait--;
    }
    for (const [k, [a, b]] of resonators.entries()) {
      const past = memory[k]!;
      value = value + a * past[0] + b * past[1];
      past[1] = past[0];
      past[0] = value;
    }
    return amplitude * value;
  });
}

function bursts(length: number): Float32Array {
  return noise(length, 0.4, 99).map((value, i) => (i % 8192 >= 3000 ? value * 0 : value));
}

function impulse(length: number, position: number, echo: number): Float32Array {
  const samples = new Float32Array(length);
  samples[position] = 1;
  samples[position + 1] = echo;
  return samples;
}

const a440 = [0.9921503749551901, 0.1250505236945281] as const;
const aSharp3 = [0.9977948536281058, 0.06637341390396319] as const;
const hz30 = [0.9999634613566672, 0.008548447320595277] as const;
const chirpGrowth = [0.9999999964575643, 8.417167795813252e-5] as const;

export const syntheticSignals: Record<string, () => Float32Array> = {
  sine: () => tone(33075, 0.5, a440),
  chirp: () => chirp(33075, 0.4, hz30, chirpGrowth),
  impulse: () => impulse(22050, 8192, 0),
  click: () => impulse(22050, 9000, 0.5),
  noise: () => noise(33075, 0.3, 1),
  silence: () => new Float32Array(22050),
  dc: () => new Float32Array(22050).fill(0.5),
  clipped: () => tone(33075, 3, aSharp3),
  quiet: () => voice(33075, 1e-8),
  'one-sample': () => new Float32Array(1).fill(0.25),
  short: () => noise(170, 0.3, 9),
  'one-hop': () => noise(512, 0.3, 5),
  voice: () => voice(33075, 0.01),
  bursts: () => bursts(33075),
  'voice-60s': () => voice(1323000, 0.01),
};

/** Files of shared speech data from which features, but no audio, are kept as goldens. */
export const speechFiles: Record<string, string> = {
  'speech-neutral': '03-01-01-01-01-01-01.wav',
  'speech-angry': '03-01-05-02-01-01-04.wav',
  'speech-sad': '03-01-04-01-02-01-03.wav',
};

/** Every second sample of the mean of the channels of a 16-bit WAV file. */
export function readSpeech(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let channels = 0;
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (tag === 'fmt ') channels = view.getUint16(at + 10, true);
    if (tag !== 'data') continue;
    const frames = Math.floor(view.getUint32(at + 4, true) / (2 * channels));
    return new Float32Array(Math.ceil(frames / 2)).map((_, i) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        sum += view.getInt16(at + 8 + 2 * (2 * i * channels + channel), true) / 32768;
      }
      return sum / channels;
    });
  }
  throw new Error('The WAV file has no data.');
}
