import {
  type Dsp,
  type FeatureConfig,
  type FeatureMatrix,
  listMelCentresHz,
  resolveFeatureConfig,
} from '@ser/dsp-wasm';
import type { AudioClip, FrontEndConfig } from '@ser/runtime/web';
import { paint } from './colour-map.ts';
import type { AxisMark, FeaturePicture, PictureKind } from './protocol.ts';

const mostColumns = 900;
/** Frames that are held at the same time. */
const pieceFrames = 2048;
const floorDb = 80;
const highestHz = 8000;
const pitchClasses = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];

/** How one kind of features becomes a picture. */
interface Recipe {
  compute(samples: Float32Array): FeatureMatrix;
  /** Columns of the matrix that are shown, from the first. */
  shown: number;
  marks: AxisMark[];
  scale: 'power' | 'rows' | 'unit' | 'decibels';
}

/** The model's own settings or, of a model that takes the waveform, the usual ones at its rate. */
export function selectPictureSettings(frontEnd: FrontEndConfig): FeatureConfig {
  if (frontEnd.kind === 'features') return frontEnd.features;
  return resolveFeatureConfig({ sampleRateHz: frontEnd.sampleRateHz });
}

/**
 * Computes features of a whole clip with the kernels and settings that the model uses, save for a
 * finer hop, and paints them. Frames of a long clip are averaged to fit the picture.
 */
export function drawFeatures(
  dsp: Dsp,
  clip: AudioClip,
  kind: PictureKind,
  settings: FeatureConfig,
): FeaturePicture {
  const { sampleRateHz, fftLength } = settings;
  const samples =
    clip.sampleRateHz === sampleRateHz
      ? clip.samples
      : dsp.resample(clip.samples, { fromHz: clip.sampleRateHz, toHz: sampleRateHz });
  const hopLength = Math.max(64, Math.min(fftLength / 2, Math.ceil(samples.length / mostColumns)));
  const isLong = samples.length > pieceFrames * hopLength;
  const recipe = createRecipe(dsp, kind, settings, hopLength, isLong);
  const { values, columns } = computeColumns(recipe, samples, hopLength);
  const { shades, range } = toShades(values, columns, recipe);
  return {
    kind,
    image: paint(shades, columns, recipe.shown),
    hopSec: hopLength / sampleRateHz,
    rows: recipe.shown,
    marks: recipe.marks,
    range,
  };
}

function createRecipe(
  dsp: Dsp,
  kind: PictureKind,
  settings: FeatureConfig,
  hopLength: number,
  isLong: boolean,
): Recipe {
  const { sampleRateHz, fftLength } = settings;
  const extract = (sets: Exclude<PictureKind, 'spectrogram'>) => {
    const extractor = dsp.createExtractor({
      ...settings,
      sets: [sets],
      hopLength,
      dropLastFrame: false,
      topDb: null,
      mel: { ...settings.mel, unit: 'power', power: 2 },
      // The tuning of a long clip's pieces would differ.
      chroma: { ...settings.chroma, tuning: isLong ? 0 : settings.chroma.tuning },
      deltas: { ...settings.deltas, order: 0 },
    });
    return (samples: Float32Array) => extractor.extract(samples);
  };
  switch (kind) {
    case 'spectrogram': {
      const { winLength, window, center, padMode } = settings;
      const maker = dsp.createSpectrogram({
        ...{ fftLength, winLength, hopLength, window, center, padMode },
      });
      const topHz = Math.min(highestHz, sampleRateHz / 2);
      const shown = 1 + Math.floor((topHz * fftLength) / sampleRateHz);
      const marks = [0, 2000, 4000, 6000, 8000]
        .filter((hz) => hz <= topHz)
        .map((hz) => ({ at: hz / topHz, text: formatHz(hz) }));
      return { compute: (samples) => maker.compute(samples), shown, marks, scale: 'power' };
    }
    case 'mel': {
      const { mel } = settings;
      const centres = listMelCentresHz({ mel, sampleRateHz });
      const marks = [250, 500, 1000, 2000, 4000, 8000].flatMap((hz) => {
        const row = centres.findIndex((centre) => centre >= hz);
        return row < 0 ? [] : [{ at: (row + 0.5) / centres.length, text: formatHz(hz) }];
      });
      return { compute: extract('mel'), shown: centres.length, marks, scale: 'power' };
    }
    case 'mfcc': {
      const shown = settings.mfcc.coefficients;
      const marks = [0, 10, 20, 30]
        .filter((row) => row < shown)
        .map((row) => ({ at: (row + 0.5) / shown, text: `${row}` }));
      return { compute: extract('mfcc'), shown, marks, scale: 'rows' };
    }
    case 'chroma': {
      const shown = settings.chroma.bins;
      const marks = Array.from({ length: shown }, (_, row) => ({
        at: (row + 0.5) / shown,
        text: shown === 12 ? pitchClasses[row]! : `${row}`,
      }));
      return { compute: extract('chroma'), shown, marks, scale: 'unit' };
    }
    case 'contrast': {
      const { bands, fMinHz } = settings.contrast;
      const shown = bands + 1;
      const marks = Array.from({ length: shown }, (_, row) => ({
        at: (row + 0.5) / shown,
        text: row === 0 ? `< ${formatHz(fMinHz)}` : formatHz(fMinHz * 2 ** (row - 1)),
      }));
      return { compute: extract('contrast'), shown, marks, scale: 'decibels' };
    }
  }
}

/** Values of every picture column and row, row by row; several frames in a column are averaged. */
function computeColumns(
  { compute, shown }: Recipe,
  samples: Float32Array,
  hopLength: number,
): { values: Float32Array; columns: number } {
  const totalFrames = 1 + Math.floor(samples.length / hopLength);
  const columns = Math.min(mostColumns, totalFrames);
  const values = new Float32Array(columns * shown);
  const counts = new Uint32Array(columns);
  const pieceLength = pieceFrames * hopLength;
  for (let start = 0, first = 0; start < samples.length; start += pieceLength) {
    const isLast = start + pieceLength >= samples.length;
    const { data, frames, features } = compute(samples.subarray(start, start + pieceLength));
    const used = isLast ? frames : Math.min(frames, pieceFrames);
    for (let frame = 0; frame < used; frame++) {
      const column = Math.min(columns - 1, Math.floor(((first + frame) * columns) / totalFrames));
      counts[column]!++;
      for (let row = 0; row < shown; row++) {
        values[column * shown + row]! += data[frame * features + row]!;
      }
    }
    first += used;
  }
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < shown; row++) values[column * shown + row]! /= counts[column] || 1;
  }
  return { values, columns };
}

/** Brings values to shades from 0 to 1. */
function toShades(
  values: Float32Array,
  columns: number,
  { scale, shown }: Recipe,
): { shades: Float32Array; range: FeaturePicture['range'] } {
  switch (scale) {
    case 'power': {
      const loudest = values.reduce((most, value) => Math.max(most, value), 1e-10);
      const shades = values.map(
        (value) => 1 + (10 * Math.log10(Math.max(value / loudest, 1e-10))) / floorDb,
      );
      return { shades, range: { low: -floorDb, high: 0, unit: 'dB' } };
    }
    case 'rows':
      return { shades: scaleRows(values, columns, shown), range: null };
    case 'unit':
      return { shades: values, range: { low: 0, high: 1, unit: '' } };
    case 'decibels': {
      const high = values.reduce((most, value) => Math.max(most, value), 1);
      return {
        shades: values.map((value) => value / high),
        range: { low: 0, high: Math.round(high), unit: 'dB' },
      };
    }
  }
}

/** Coefficients differ in size by far: each row from two deviations below its mean to two above. */
function scaleRows(values: Float32Array, columns: number, rows: number): Float32Array {
  const shades = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let squares = 0;
    for (let column = 0; column < columns; column++) {
      const value = values[column * rows + row]!;
      sum += value;
      squares += value * value;
    }
    const mean = sum / columns;
    const deviation = Math.sqrt(Math.max(squares / columns - mean * mean, 1e-12));
    for (let column = 0; column < columns; column++) {
      const at = column * rows + row;
      shades[at] = 0.5 + (values[at]! - mean) / (4 * deviation);
    }
  }
  return shades;
}

function formatHz(hz: number): string {
  return hz >= 1000 ? `${hz / 1000} kHz` : `${hz} Hz`;
}
