import type { FeatureConfig, FeatureMatrix, FeatureSet } from '@ser/dsp-wasm';
import { listMelCentresHz } from '@ser/dsp-wasm';

/** A label of an axis: where, as a share of the axis from its start, and what. */
export interface Tick {
  position: number;
  text: string;
}

/** One picture of the sheet: a matrix as colours, or a single column as a line. */
export interface Panel {
  title: string;
  /** What the vertical axis measures. */
  unit: string;
  /** Row-major [frames, rows]. */
  values: Float32Array;
  frames: number;
  rows: number;
  /** Colours leave out the outermost 3 % of values at each end, where few values lie far off. */
  clipsTails?: boolean;
  /** Labels of the vertical axis, position 0 at its lower end. Empty for a line: it shows its range. */
  ticks: Tick[];
}

const pitchClasses = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];

const titles: Record<FeatureSet, { title: string; unit: string }> = {
  mfcc: { title: 'MFCC', unit: 'coefficient' },
  chroma: { title: 'Chroma', unit: 'pitch class' },
  mel: { title: 'Mel spectrogram', unit: 'Hz' },
  contrast: { title: 'Spectral contrast', unit: 'band from, Hz' },
  rms: { title: 'RMS energy', unit: 'amplitude' },
  zcr: { title: 'Zero-crossing rate', unit: 'share' },
  centroid: { title: 'Spectral centroid', unit: 'Hz' },
  bandwidth: { title: 'Spectral bandwidth', unit: 'Hz' },
  rolloff: { title: 'Spectral roll-off', unit: 'Hz' },
  flatness: { title: 'Spectral flatness', unit: 'share' },
  f0: { title: 'Fundamental frequency', unit: 'Hz' },
};

/** Decibels below the maximum that a spectrum shows. */
const shownDb = 80;

/** Periodicity from which a frame counts as voiced. */
const voicedPeriodicity = 0.7;

/** The panel of a power spectrogram, in decibels, with its axis from 0 Hz to half the sample rate. */
export function createSpectrogramPanel(
  spectrogram: FeatureMatrix,
  { sampleRateHz }: FeatureConfig,
): Panel {
  const nyquist = sampleRateHz / 2;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((position) => ({
    position,
    text: String(Math.round(position * nyquist)),
  }));
  const { frames, features: rows } = spectrogram;
  const values = toDecibels(spectrogram.data);
  return { title: 'Spectrogram (dB)', unit: 'Hz', values, frames, rows, ticks };
}

/** The panels of a feature matrix, one for each of its sets in its order; deltas are left out. */
export function createFeaturePanels(
  matrix: FeatureMatrix,
  names: readonly string[],
  config: FeatureConfig,
): Panel[] {
  return config.sets.map((set) => {
    const first = names.findIndex((name) => belongsTo(name, set));
    const rows = names.filter((name) => belongsTo(name, set)).length;
    const shown = set === 'f0' ? 1 : rows;
    const values = selectColumns(matrix, first, shown);
    if (set === 'f0') hideUnvoiced(values, selectColumns(matrix, first + 1, 1), config);
    const isPower = set === 'mel' && config.mel.unit === 'power';
    const isInDecibels = set === 'mel' && config.mel.unit !== 'whisper';
    return {
      title: isInDecibels ? `${titles.mel.title} (dB)` : titles[set].title,
      unit: titles[set].unit,
      values: isPower ? toDecibels(values) : values,
      frames: matrix.frames,
      rows: shown,
      clipsTails: set === 'mfcc' || set === 'contrast',
      ticks: shown === 1 ? [] : listTicks(set, shown, config),
    };
  });
}

function belongsTo(name: string, set: FeatureSet): boolean {
  return name === set || name.startsWith(`${set}_`);
}

function selectColumns(matrix: FeatureMatrix, first: number, count: number): Float32Array {
  const values = new Float32Array(matrix.frames * count);
  for (let frame = 0; frame < matrix.frames; frame++) {
    const start = frame * matrix.features + first;
    values.set(matrix.data.subarray(start, start + count), frame * count);
  }
  return values;
}

/** Takes out frames without a fundamental frequency; digital silence repeats at the highest one. */
function hideUnvoiced(f0Hz: Float32Array, periodicity: Float32Array, { f0 }: FeatureConfig): void {
  periodicity.forEach((value, frame) => {
    if (value < voicedPeriodicity || f0Hz[frame]! >= f0.fMaxHz) f0Hz[frame] = Number.NaN;
  });
}

function toDecibels(power: Float32Array): Float32Array {
  const decibels = power.map((value) => 10 * Math.log10(Math.max(value, 1e-10)));
  const floor = decibels.reduce((highest, value) => Math.max(highest, value)) - shownDb;
  return decibels.map((value) => Math.max(value, floor));
}

function listTicks(set: FeatureSet, rows: number, config: FeatureConfig): Tick[] {
  const at = (row: number, text: string): Tick => ({ position: (row + 0.5) / rows, text });
  const every = (step: number, toText: (row: number) => string): Tick[] =>
    Array.from({ length: Math.ceil(rows / step) }, (_, index) => index * step).map((row) =>
      at(row, toText(row)),
    );
  switch (set) {
    case 'mel': {
      const centres = listMelCentresHz(config);
      return every(Math.ceil(rows / 6), (row) => String(Math.round(centres[row]!)));
    }
    case 'chroma':
      return rows === 12
        ? every(1, (row) => pitchClasses[row]!)
        : every(Math.ceil(rows / 12), String);
    case 'contrast': {
      const { fMinHz } = config.contrast;
      return every(1, (row) => String(row === 0 ? 0 : fMinHz * 2 ** (row - 1)));
    }
    default:
      return every(Math.ceil(rows / 5), String);
  }
}
