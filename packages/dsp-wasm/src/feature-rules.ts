import {
  assertBoolean,
  assertInteger,
  assertNumber,
  assertOneOf,
  rejectArgument,
} from './checks.ts';
import { SerError } from './errors.ts';
import type { FeatureConfig } from './feature-config.ts';
import { featureSets } from './feature-config.ts';
import { listContrastBands } from './tables/contrast-bands.ts';
import { isFftLength } from './tables/fft-tables.ts';
import { findEmptyMelBand } from './tables/mel-bank.ts';

const isPositive = (value: number) => value > 0;
const isNotNegative = (value: number) => value >= 0;

function assertFrames(config: FeatureConfig): void {
  assertNumber('sampleRateHz', config.sampleRateHz, isPositive, 'a number of hertz above 0');
  assertNumber(
    'fftLength',
    config.fftLength,
    (value) => value >= 32 && value <= 65536 && isFftLength(value),
    'an even whole number from 32 to 65536 whose half has no prime factor but 2, 3 and 5',
  );
  assertInteger('winLength', config.winLength, 1, config.fftLength);
  assertInteger('hopLength', config.hopLength, 1, 1 << 24);
  assertOneOf('window', config.window, ['hann', 'hamming', 'blackman', 'ones']);
  assertBoolean('center', config.center);
  assertOneOf('padMode', config.padMode, ['constant', 'reflect', 'edge']);
  assertBoolean('dropLastFrame', config.dropLastFrame);
  if (config.dropLastFrame && !config.center) {
    rejectArgument('dropLastFrame', true, 'false where center is false');
  }
  if (config.topDb !== null) {
    assertNumber('topDb', config.topDb, isNotNegative, 'null or a number of decibels from 0');
  }
}

function assertSets(config: FeatureConfig): void {
  if (!Array.isArray(config.sets) || config.sets.length === 0) {
    rejectArgument('sets', config.sets, `a list of one or more of ${featureSets.join(', ')}`);
  }
  for (const [index, set] of config.sets.entries()) {
    assertOneOf(`sets[${index}]`, set, featureSets);
    if (config.sets.indexOf(set) !== index) {
      rejectArgument(`sets[${index}]`, set, 'named only once');
    }
  }
}

function assertMel({ mel, sampleRateHz, fftLength }: FeatureConfig): void {
  const nyquistHz = sampleRateHz / 2;
  assertInteger('mel.bands', mel.bands, 1, 4096);
  assertOneOf('mel.scale', mel.scale, ['slaney', 'htk']);
  assertOneOf('mel.norm', mel.norm, ['slaney', null]);
  assertOneOf('mel.unit', mel.unit, ['power', 'db', 'whisper']);
  assertNumber('mel.power', mel.power, isPositive, 'a number above 0');
  const fMaxHz = mel.fMaxHz ?? nyquistHz;
  assertNumber(
    'mel.fMaxHz',
    fMaxHz,
    (value) => value > 0 && value <= nyquistHz,
    `null or a frequency above 0 and at most ${nyquistHz} Hz, half the sample rate`,
  );
  assertNumber(
    'mel.fMinHz',
    mel.fMinHz,
    (value) => value >= 0 && value < fMaxHz,
    `a frequency from 0 to below mel.fMaxHz (${fMaxHz} Hz)`,
  );
  const empty = findEmptyMelBand(mel, sampleRateHz, fftLength);
  if (empty !== undefined) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `mel.bands is ${mel.bands}; filter ${empty} (counted from 0) then holds no bin of a transform of ${fftLength} samples at ${sampleRateHz} Hz. Lower mel.bands, or raise fftLength or mel.fMaxHz.`,
    );
  }
}

function assertMfcc({ mfcc, mel }: FeatureConfig): void {
  assertInteger('mfcc.coefficients', mfcc.coefficients, 1, mel.bands);
  assertNumber('mfcc.lifter', mfcc.lifter, isNotNegative, 'a number from 0');
}

function assertChroma({ chroma }: FeatureConfig): void {
  assertInteger('chroma.bins', chroma.bins, 1, 256);
  assertOneOf('chroma.norm', chroma.norm, ['inf', 1, 2, null]);
  if (chroma.tuning !== null) {
    assertNumber('chroma.tuning', chroma.tuning, Number.isFinite, 'null or a finite number');
  }
}

function assertContrast(config: FeatureConfig): void {
  const { contrast, sampleRateHz } = config;
  assertInteger('contrast.bands', contrast.bands, 1, 32);
  assertNumber('contrast.fMinHz', contrast.fMinHz, isPositive, 'a number of hertz above 0');
  assertNumber(
    'contrast.quantile',
    contrast.quantile,
    (value) => value > 0 && value < 1,
    'a number above 0 and below 1',
  );
  assertBoolean('contrast.linear', contrast.linear);
  const topEdgeHz = contrast.fMinHz * 2 ** (contrast.bands - 1);
  if (topEdgeHz >= sampleRateHz / 2) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `contrast.bands is ${contrast.bands}; the last band would start at ${topEdgeHz} Hz, not below half the sample rate (${sampleRateHz / 2} Hz). Lower contrast.bands or contrast.fMinHz.`,
    );
  }
  const empty = listContrastBands(config).findIndex(({ first, end }) => first >= end);
  if (empty >= 0) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `contrast.fMinHz is ${contrast.fMinHz}; band ${empty} then holds no bin of a transform of ${config.fftLength} samples at ${sampleRateHz} Hz. Raise fftLength or contrast.fMinHz.`,
    );
  }
}

function assertShape({ bandwidth, rolloff }: FeatureConfig): void {
  assertNumber('bandwidth.exponent', bandwidth.exponent, isPositive, 'a number above 0');
  assertNumber(
    'rolloff.share',
    rolloff.share,
    (value) => value > 0 && value < 1,
    'a number above 0 and below 1',
  );
}

function assertF0({ f0, sampleRateHz, fftLength }: FeatureConfig): void {
  const nyquistHz = sampleRateHz / 2;
  assertNumber(
    'f0.fMaxHz',
    f0.fMaxHz,
    (value) => value > 0 && value <= nyquistHz,
    `a frequency above 0 and at most ${nyquistHz} Hz, half the sample rate`,
  );
  const lowestHz = sampleRateHz / (fftLength - 1);
  assertNumber(
    'f0.fMinHz',
    f0.fMinHz,
    (value) => value > lowestHz && value < f0.fMaxHz,
    `a frequency below f0.fMaxHz (${f0.fMaxHz} Hz) whose period fits a frame: above ${lowestHz} Hz`,
  );
  assertNumber('f0.threshold', f0.threshold, isPositive, 'a number above 0');
}

function assertDeltas({ deltas }: FeatureConfig): void {
  assertOneOf('deltas.order', deltas.order, [0, 1, 2]);
  assertInteger('deltas.width', deltas.width, 3, 999);
  if (deltas.width % 2 === 0) rejectArgument('deltas.width', deltas.width, 'an odd whole number');
  assertOneOf('deltas.mode', deltas.mode, ['interp', 'nearest']);
}

/** Throws INVALID_ARGUMENT unless every value is of its type and range and all fit together. */
export function assertFeatureConfig(config: FeatureConfig): void {
  assertFrames(config);
  assertSets(config);
  if (config.sets.includes('mel') || config.sets.includes('mfcc')) assertMel(config);
  if (config.sets.includes('mfcc')) assertMfcc(config);
  if (config.sets.includes('chroma')) assertChroma(config);
  if (config.sets.includes('contrast')) assertContrast(config);
  if (config.sets.includes('f0')) assertF0(config);
  assertShape(config);
  assertDeltas(config);
}
