import { SerError } from './errors.ts';
import { assertFeatureConfig } from './feature-rules.ts';

/** The feature sets, in the fixed order of their columns. */
export const featureSets = [
  'mfcc',
  'chroma',
  'mel',
  'contrast',
  'rms',
  'zcr',
  'centroid',
  'bandwidth',
  'rolloff',
  'flatness',
  'f0',
] as const;
export type FeatureSet = (typeof featureSets)[number];

export type WindowName = 'hann' | 'hamming' | 'blackman' | 'ones';
export type PadMode = 'constant' | 'reflect' | 'edge';

export interface MelConfig {
  /** Number of triangular filters. */
  bands: number;
  /** Lower edge of the first filter. */
  fMinHz: number;
  /** Upper edge of the last filter; null is half the sample rate. */
  fMaxHz: number | null;
  /** Frequency scale: Slaney's (linear to 1 kHz, logarithmic above) or HTK's (logarithmic). */
  scale: 'slaney' | 'htk';
  /** 'slaney' gives every filter the same area; null leaves each peak at 1. */
  norm: 'slaney' | null;
  /** Exponent of the magnitude spectrum: 2 is power, 1 magnitude. */
  power: number;
  /**
   * Unit of the mel columns: 'power' S, 'db' 10 log10(S), or 'whisper' (log10(S) + 4) / 4, what the
   * speech recogniser Whisper takes; the last two with the floor of `topDb`. MFCC always start from
   * decibels.
   */
  unit: 'power' | 'db' | 'whisper';
}

export interface MfccConfig {
  /** Number of coefficients, from 0 up. */
  coefficients: number;
  /** Liftering coefficient; 0 is none. */
  lifter: number;
}

export interface ChromaConfig {
  /** Number of pitch classes in an octave. */
  bins: number;
  /** Deviation from A440 in fractions of a class; null is estimated for each clip, as librosa does. */
  tuning: number | null;
  /** Norm that every frame is divided by. */
  norm: 'inf' | 1 | 2 | null;
}

export interface ContrastConfig {
  /** Number of octave bands above the lowest one; the set has one column more. */
  bands: number;
  /** Upper edge of the lowest band. */
  fMinHz: number;
  /** Share of a band's bins that its peak and its valley are the means of. */
  quantile: number;
  /** True: peak minus valley; false: the difference of their decibels. */
  linear: boolean;
}

export interface BandwidthConfig {
  /** Exponent of the distance from the centroid. */
  exponent: number;
}

export interface RolloffConfig {
  /** Share of the summed magnitudes that lies below the roll-off frequency. */
  share: number;
}

export interface F0Config {
  /** Lowest fundamental frequency searched. */
  fMinHz: number;
  /** Highest fundamental frequency searched. */
  fMaxHz: number;
  /** The first trough of the normalised difference below this is the period. */
  threshold: number;
}

export interface DeltasConfig {
  /** 0: none; 1: the slope over time of every column follows the columns; 2: the curvature too. */
  order: 0 | 1 | 2;
  /** Frames that each slope is fitted to, odd. */
  width: number;
  /** At both ends: the fit to the outermost frames, or the outermost frame repeated. */
  mode: 'interp' | 'nearest';
}

/** Everything that decides the numbers, as plain JSON. Every default is librosa 0.11's. */
export interface FeatureConfig {
  /** Rate of the samples given to the extractor. Default 22050. */
  sampleRateHz: number;
  /**
   * Samples of one transform: an even number from 32 to 65536 whose half has no prime factor but 2, 3
   * and 5. Default 2048.
   */
  fftLength: number;
  /** Samples of the window, centred in the transform. Default fftLength. */
  winLength: number;
  /** Samples from one frame to the next. Default 512. */
  hopLength: number;
  /** Default 'hann', periodic. */
  window: WindowName;
  /** True: frame t is centred on sample t * hopLength; false: it starts there. Default true. */
  center: boolean;
  /** What lies beyond both ends of a centred clip. Default 'constant' (zeros). */
  padMode: PadMode;
  /**
   * True: the last frame of a centred clip is left out, so that there are floor(samples / hopLength).
   * Default false.
   */
  dropLastFrame: boolean;
  /**
   * Sets to compute; their columns follow the order of `featureSets`. Default 'mfcc', 'chroma', 'mel'
   * and 'contrast'.
   */
  sets: FeatureSet[];
  /** Floor of decibel values below the clip's maximum; null is none. Default 80. */
  topDb: number | null;
  mel: MelConfig;
  mfcc: MfccConfig;
  chroma: ChromaConfig;
  contrast: ContrastConfig;
  bandwidth: BandwidthConfig;
  rolloff: RolloffConfig;
  f0: F0Config;
  deltas: DeltasConfig;
}

/** A FeatureConfig in which everything may be left out. */
export type FeatureConfigInput = {
  [Key in keyof FeatureConfig]?: FeatureConfig[Key] extends unknown[]
    ? readonly FeatureSet[]
    : FeatureConfig[Key] extends object
      ? Partial<FeatureConfig[Key]>
      : FeatureConfig[Key];
};

type GroupName = 'mel' | 'mfcc' | 'chroma' | 'contrast' | 'bandwidth' | 'rolloff' | 'f0' | 'deltas';

const defaultSets: readonly FeatureSet[] = ['mfcc', 'chroma', 'mel', 'contrast'];

const groupDefaults = {
  mel: {
    bands: 128,
    fMinHz: 0,
    fMaxHz: null,
    scale: 'slaney',
    norm: 'slaney',
    power: 2,
    unit: 'power',
  },
  mfcc: { coefficients: 40, lifter: 0 },
  chroma: { bins: 12, tuning: null, norm: 'inf' },
  contrast: { bands: 6, fMinHz: 200, quantile: 0.02, linear: false },
  bandwidth: { exponent: 2 },
  rolloff: { share: 0.85 },
  f0: { fMinHz: 65, fMaxHz: 500, threshold: 0.1 },
  deltas: { order: 0, width: 9, mode: 'interp' },
} as const satisfies Pick<FeatureConfig, GroupName>;

const groupNames = Object.keys(groupDefaults) as GroupName[];

const topLevelKeys = [
  'sampleRateHz',
  'fftLength',
  'winLength',
  'hopLength',
  'window',
  'center',
  'padMode',
  'dropLastFrame',
  'sets',
  'topDb',
  ...groupNames,
];

function assertKnownKeys(value: object, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new SerError(
        'INVALID_ARGUMENT',
        `${prefix}${key} is not a feature option; known are ${known.join(', ')}.`,
      );
    }
  }
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

function assertObject(value: unknown, name: string): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SerError('INVALID_ARGUMENT', `${name} is ${String(value)}; it must be an object.`);
  }
}

function fillGroup(input: FeatureConfigInput, name: GroupName): object {
  const given: unknown = input[name] ?? {};
  assertObject(given, name);
  assertKnownKeys(given, Object.keys(groupDefaults[name]), `${name}.`);
  return { ...groupDefaults[name], ...withoutUndefined(given) };
}

/**
 * Fills in librosa's defaults and checks everything.
 *
 * @param input any part of a FeatureConfig; `{}` gives librosa's defaults.
 * @returns a complete FeatureConfig, detached from the input.
 * @throws SerError INVALID_ARGUMENT for an unknown key, a wrong type, a value out of range, or an
 *   impossible combination (a band beyond half the sample rate, a mel filter without any bin, …).
 *
 * @example
 * const config = resolveFeatureConfig({ sampleRateHz: 16000, fftLength: 1024, mel: { bands: 64 } });
 */
export function resolveFeatureConfig(input: FeatureConfigInput = {}): FeatureConfig {
  assertObject(input, 'The feature config');
  assertKnownKeys(input, topLevelKeys, '');
  const given = withoutUndefined(input) as FeatureConfigInput;
  const fftLength = given.fftLength ?? 2048;
  const config = {
    sampleRateHz: 22050,
    fftLength,
    winLength: fftLength,
    hopLength: 512,
    window: 'hann',
    center: true,
    padMode: 'constant',
    dropLastFrame: false,
    sets: defaultSets,
    topDb: 80,
    ...given,
    ...Object.fromEntries(groupNames.map((name) => [name, fillGroup(given, name)])),
  } as FeatureConfig;
  if (Array.isArray(config.sets)) config.sets = [...config.sets];
  assertFeatureConfig(config);
  config.sets.sort((a, b) => featureSets.indexOf(a) - featureSets.indexOf(b));
  return config;
}

/** Number of columns of one set. */
export function countColumns(config: FeatureConfig, set: FeatureSet): number {
  switch (set) {
    case 'mfcc':
      return config.mfcc.coefficients;
    case 'chroma':
      return config.chroma.bins;
    case 'mel':
      return config.mel.bands;
    case 'contrast':
      return config.contrast.bands + 1;
    case 'f0':
      return 2;
    default:
      return 1;
  }
}

function listNamesOfSet(config: FeatureConfig, set: FeatureSet): string[] {
  if (set === 'f0') return ['f0_hz', 'f0_periodicity'];
  if (!defaultSets.includes(set)) return [set];
  return Array.from({ length: countColumns(config, set) }, (_, index) => `${set}_${index}`);
}

/**
 * Names of the columns in order: 'mfcc_0' … 'mfcc_39', 'chroma_0' …, 'mel_0' …, 'contrast_0' …; a set
 * of one column has the set's name, F0 has 'f0_hz' and 'f0_periodicity'. With deltas all names follow
 * again, with 'delta_' before them, then with 'delta2_'.
 */
export function listFeatureNames(config: FeatureConfig): string[] {
  const names = config.sets.flatMap((set) => listNamesOfSet(config, set));
  const prefixes = ['', 'delta_', 'delta2_'].slice(0, config.deltas.order + 1);
  return prefixes.flatMap((prefix) => names.map((name) => prefix + name));
}
