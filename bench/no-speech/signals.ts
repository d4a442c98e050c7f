/** Sounds without speech, made from nothing but a seed: the same ones on every machine. */

/** A signal and what made it. */
export interface NoSpeechSignal {
  /** The generator's name and the number of the variant. */
  name: string;
  generator: string;
  samples: Float32Array;
  sampleRateHz: number;
}

/** What one signal is made with. */
interface Maker {
  rateHz: number;
  length: number;
  /** Uniform in 0 … 1. */
  random(): number;
  /** Uniform between two values. */
  between(low: number, high: number): number;
  /** Normal, of mean 0 and variance 1. */
  normal(): number;
}

const tau = 2 * Math.PI;
const ratesHz = [8000, 16_000, 22_050, 44_100, 48_000] as const;
const levelsDb = [-3, -12, -20, -30, -42] as const;
const lengthsSec = [0.7, 1.5, 3, 5, 9] as const;
/** These have a level of their own. */
const keepsLevel = new Set(['muted microphone', 'dithered silence', 'constant']);

/**
 * One function a kind of sound. Every second one chooses the threshold, the others check it, so kinds
 * that resemble each other stand side by side.
 */
const generators: Readonly<Record<string, (maker: Maker) => Float32Array>> = {
  'white noise': ({ length, normal }) => fill(length, normal),
  'pink noise': (maker) => makePink(maker),
  'brown noise': (maker) => smooth(fill(maker.length, maker.normal), 0.998),
  'band noise': (maker) => {
    const centreHz = maker.between(150, 3000);
    return resonate(fill(maker.length, maker.normal), centreHz, maker.between(40, 800), maker);
  },
  tone: (maker) => playTone(maker, maker.between(80, 3000)),
  'buzz of a square wave': (maker) => {
    const hz = maker.between(60, 400);
    return fill(maker.length, (at) => Math.sign(Math.sin((tau * hz * at) / maker.rateHz)));
  },
  chord: (maker) => {
    const root = maker.between(100, 500);
    return add([1, 1.25, 1.5, 2].map((ratio) => playTone(maker, root * ratio)));
  },
  'two tones': (maker) =>
    add([playTone(maker, maker.between(90, 900)), playTone(maker, maker.between(300, 3000))]),
  sweep: (maker) => glide(maker, (share) => 80 * 40 ** share),
  siren: (maker) => {
    const turnsHz = maker.between(0.3, 3);
    const { rateHz, length } = maker;
    return glide(maker, (share) => 700 + 350 * Math.sin((tau * turnsHz * share * length) / rateHz));
  },
  hum: (maker) => {
    const hz = maker.random() < 0.5 ? 50 : 60;
    const parts = [1, 2, 3, 4, 5, 7, 9, 11].map((harmonic) =>
      scale(playTone(maker, hz * harmonic), maker.random() / harmonic),
    );
    return add([...parts, scale(fill(maker.length, maker.normal), 0.01)]);
  },
  engine: (maker) => {
    const hz = maker.between(25, 90);
    let phase = 0;
    return fill(maker.length, () => {
      phase += (tau * hz * (1 + 0.2 * maker.normal())) / maker.rateHz;
      return Math.exp(3 * (Math.cos(phase) - 1)) + 0.1 * maker.normal();
    });
  },
  clicks: (maker) => strike(maker, maker.between(1, 12), { decaySec: 0.002, hz: 0 }),
  'keyboard clicks': (maker) =>
    strike(maker, maker.between(3, 9), { decaySec: 0.012, hz: maker.between(1500, 4000) }),
  'muted microphone': (maker) => {
    const offset = maker.between(-0.5, 0.5);
    return fill(maker.length, () => offset + maker.between(-0.5, 0.5) * 2 ** -13);
  },
  'dithered silence': (maker) =>
    fill(maker.length, () => Math.round(maker.random() + maker.random() - 1) / 2 ** 15),
  rain: (maker) =>
    add([
      scale(makePink(maker), 0.3),
      strike(maker, maker.between(80, 400), { decaySec: 0.004, hz: maker.between(1000, 5000) }),
    ]),
  wind: (maker) => {
    const gustHz = maker.between(0.2, 1);
    const noise = smooth(fill(maker.length, maker.normal), 0.97);
    return noise.map((value, at) => value * (1.2 + Math.sin((tau * gustHz * at) / maker.rateHz)));
  },
  fan: (maker) => {
    const bladeHz = maker.between(40, 180);
    const noise = makePink(maker);
    return noise.map(
      (value, at) => value * (1 + 0.4 * Math.sin((tau * bladeHz * at) / maker.rateHz)),
    );
  },
  'vacuum cleaner': (maker) => {
    const hz = maker.between(200, 420);
    const motor = [1, 2, 3].map((harmonic) =>
      scale(playTone(maker, hz * harmonic), 0.5 / harmonic),
    );
    return add([...motor, scale(makePink(maker), 0.8)]);
  },
  arpeggio: (maker) =>
    playNotes(maker, { notesHz: maker.between(2, 8), harmonics: 6, decaySec: 0.25 }),
  'held organ notes': (maker) =>
    playNotes(maker, { notesHz: maker.between(1, 3), harmonics: 8, decaySec: 5 }),
  'modulated noise': (maker) => modulate(maker, fill(maker.length, maker.normal)),
  'modulated pink noise': (maker) => modulate(maker, makePink(maker)),
  beeps: (maker) => gate(maker, playTone(maker, maker.between(400, 2500))),
  'telephone ring': (maker) => {
    const bell = add([playTone(maker, 440), playTone(maker, 480)]);
    const ringing = bell.map(
      (value, at) => value * (Math.sin((tau * 20 * at) / maker.rateHz) > 0 ? 1 : 0.2),
    );
    return gate(maker, ringing);
  },
  'keypad tones': (maker) => {
    const low = [697, 770, 852, 941];
    const high = [1209, 1336, 1477];
    return playEach(maker, maker.between(3, 8), () => [
      low[Math.floor(maker.random() * 4)]!,
      high[Math.floor(maker.random() * 3)]!,
    ]);
  },
  drums: (maker) =>
    add([
      strike(maker, maker.between(1.5, 4), { decaySec: 0.12, hz: maker.between(50, 90) }),
      scale(strike(maker, maker.between(3, 8), { decaySec: 0.04, hz: 0 }), 0.5),
    ]),
  'noise that comes and goes': (maker) => gate(maker, fill(maker.length, maker.normal)),
  constant: (maker) => new Float32Array(maker.length).fill(maker.between(-0.9, 0.9)),
};

/** Names of the generators. */
export const generatorNames: readonly string[] = Object.keys(generators);

/**
 * Makes signals, the generators in turn: lengths of 0.7 to 9 s, peaks of -3 to -42 dB of full scale,
 * rates of 8 to 48 kHz, and an offset on every fourth.
 */
export function* makeSignals(count: number): Generator<NoSpeechSignal> {
  for (let index = 0; index < count; index++) {
    const generator = generatorNames[index % generatorNames.length]!;
    const variant = Math.floor(index / generatorNames.length);
    yield makeSignal(generator, variant);
  }
}

/** Makes one variant of a generator's sound. */
export function makeSignal(generator: string, variant: number): NoSpeechSignal {
  const place = generatorNames.indexOf(generator);
  const random = createRandom(1 + place * 1000 + variant);
  const sampleRateHz = ratesHz[(place + variant) % ratesHz.length]!;
  const lengthSec = lengthsSec[(place + 2 * variant) % lengthsSec.length]!;
  const samples = generators[generator]!({
    rateHz: sampleRateHz,
    length: Math.round(lengthSec * sampleRateHz),
    random,
    between: (low, high) => low + (high - low) * random(),
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(tau * random()),
  });
  const name = `${generator} ${variant}`;
  if (keepsLevel.has(generator)) return { name, generator, samples, sampleRateHz };
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wanted = 10 ** (levelsDb[(place + 3 * variant) % levelsDb.length]! / 20);
  const offset = variant % 4 === 3 ? random() * 0.1 : 0;
  return {
    ...{ name, generator, sampleRateHz },
    samples: samples.map((value) => (value * wanted) / peak + offset),
  };
}

/** Mulberry32: uniform numbers in 0 … 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fill(length: number, valueAt: (at: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, at) => valueAt(at));
}

function add(parts: readonly Float32Array[]): Float32Array {
  return parts[0]!.map((_, at) => parts.reduce((sum, part) => sum + part[at]!, 0));
}

function scale(samples: Float32Array, factor: number): Float32Array {
  return samples.map((value) => factor * value);
}

function smooth(samples: Float32Array, memory: number): Float32Array {
  let last = 0;
  return samples.map((value) => (last = memory * last + (1 - memory) * value));
}

/** Noise whose power falls by 3 dB an octave: a sum of smoothed noises. */
function makePink({ length, normal }: Maker): Float32Array {
  const memories = [0, 0.6, 0.9, 0.975, 0.994, 0.9985];
  return add(
    memories.map((memory) => {
      const noise = smooth(fill(length, normal), memory);
      return scale(noise, Math.sqrt((1 + memory) / (1 - memory)) * (1 - memory) ** 0.5);
    }),
  );
}

/** A resonance of two poles. */
function resonate(
  samples: Float32Array,
  hz: number,
  widthHz: number,
  { rateHz }: Maker,
): Float32Array {
  const radius = Math.exp((-Math.PI * widthHz) / rateHz);
  const turn = 2 * radius * Math.cos((tau * hz) / rateHz);
  let before = 0;
  let last = 0;
  return samples.map((value) => {
    const next = value + turn * last - radius * radius * before;
    before = last;
    last = next;
    return next;
  });
}

function playTone({ rateHz, length }: Maker, hz: number): Float32Array {
  return fill(length, (at) => Math.sin((tau * hz * at) / rateHz));
}

/** A tone whose frequency hangs on the share of the time that has passed. */
function glide({ rateHz, length }: Maker, hzAt: (share: number) => number): Float32Array {
  let phase = 0;
  return fill(length, (at) => {
    phase += (tau * hzAt(at / length)) / rateHz;
    return Math.sin(phase);
  });
}

/** Blows at random moments, so many a second: a bare decay, or one that rings. */
function strike(
  { rateHz, length, random, between, normal }: Maker,
  ratePerSec: number,
  { decaySec, hz }: { decaySec: number; hz: number },
): Float32Array {
  const samples = new Float32Array(length);
  const count = Math.max(1, Math.round((ratePerSec * length) / rateHz));
  for (let blow = 0; blow < count; blow++) {
    const start = Math.floor(random() * length);
    const strength = between(0.3, 1);
    const pitch = hz * between(0.9, 1.1);
    const end = Math.min(length, start + Math.round(6 * decaySec * rateHz));
    for (let at = start; at < end; at++) {
      const sec = (at - start) / rateHz;
      const body = hz === 0 ? normal() : Math.sin(tau * pitch * sec);
      samples[at]! += strength * Math.exp(-sec / decaySec) * body;
    }
  }
  return samples;
}

/** Notes of a scale, one after the other, each with its harmonics and its decay. */
function playNotes(
  maker: Maker,
  { notesHz, harmonics, decaySec }: { notesHz: number; harmonics: number; decaySec: number },
): Float32Array {
  const steps = [0, 2, 4, 7, 9, 12, 16, 19];
  const root = maker.between(110, 440);
  const noteLength = maker.rateHz / notesHz;
  const order = Array.from({ length: 64 }, () => steps[Math.floor(maker.random() * steps.length)]!);
  return fill(maker.length, (at) => {
    const hz = root * 2 ** (order[Math.floor(at / noteLength) % order.length]! / 12);
    const sec = (at % noteLength) / maker.rateHz;
    let sum = 0;
    for (let harmonic = 1; harmonic <= harmonics; harmonic++) {
      sum += Math.sin(tau * harmonic * hz * sec) / harmonic;
    }
    return sum * Math.exp(-sec / decaySec) * Math.min(1, sec / 0.005);
  });
}

/** Sums of tones, others each time, with as long a pause behind each. */
function playEach(maker: Maker, ratePerSec: number, choose: () => number[]): Float32Array {
  const chosen = Array.from({ length: 128 }, choose);
  return fill(maker.length, (at) => {
    const turn = (at / maker.rateHz) * ratePerSec;
    if (turn % 1 > 0.5) return 0;
    const tones = chosen[Math.floor(turn) % chosen.length]!;
    return tones.reduce((sum, hz) => sum + Math.sin((tau * hz * at) / maker.rateHz), 0);
  });
}

/** Loudness that rises and falls as often as syllables do. */
function modulate(maker: Maker, samples: Float32Array): Float32Array {
  const hz = maker.between(1, 9);
  const depth = maker.between(0.5, 1);
  return samples.map(
    (value, at) => value * (1 - depth * (0.5 + 0.5 * Math.cos((tau * hz * at) / maker.rateHz))),
  );
}

/** On and off in turn. */
function gate(maker: Maker, samples: Float32Array): Float32Array {
  const hz = maker.between(0.8, 5);
  return samples.map((value, at) => (((at / maker.rateHz) * hz) % 1 < 0.5 ? value : 0));
}
