import type { Arena } from './arena.ts';
import { countColumns, type FeatureConfig, type FeatureSet } from './feature-config.ts';
import type { Plan } from './kernels.ts';
import { listContrastBands } from './tables/contrast-bands.ts';
import { buildDctTable } from './tables/dct-table.ts';
import { buildMelBank } from './tables/mel-bank.ts';
import { packBank } from './tables/sparse-bank.ts';
import { buildWindow } from './tables/window.ts';
import { placeTransform } from './transform.ts';

/** librosa looks for the peaks that tell the tuning between these. */
const tuningLowestHz = 150;
const tuningHighestHz = 4000;

const chromaNorms = new Map<unknown, number>([
  [null, 0],
  [1, 1],
  [2, 2],
  ['inf', 3],
]);

/** The kernels number the units so. */
const melUnits = ['power', 'db', 'whisper'];

type ColumnCounter = (set: FeatureSet) => number;

function planFrames({ fftLength, hopLength, window, winLength }: FeatureConfig, arena: Arena) {
  const frameTransform = placeTransform(arena, buildWindow(window, winLength, fftLength));
  return { fftLength, hopLength, frameTransform };
}

function planMel(config: FeatureConfig, arena: Arena, columns: ColumnCounter) {
  const { mel, mfcc, sampleRateHz, fftLength } = config;
  const mfccCount = columns('mfcc');
  const melColumns = columns('mel');
  const melBands = mfccCount || melColumns ? mel.bands : 0;
  return {
    melBands,
    melColumns,
    mfccCount,
    melBank: melBands ? arena.place(packBank(buildMelBank(mel, sampleRateHz, fftLength))) : 0,
    melExponent: mel.power,
    melUnit: melColumns ? melUnits.indexOf(mel.unit) : 0,
    dctTable: mfccCount ? arena.place(buildDctTable(mfcc, mel.bands)) : 0,
  };
}

function planChroma(config: FeatureConfig, arena: Arena, columns: ColumnCounter) {
  const { chroma, sampleRateHz, fftLength } = config;
  const binHz = sampleRateHz / fftLength;
  const chromaBins = columns('chroma');
  const highestHz = Math.min(tuningHighestHz, sampleRateHz / 2);
  const tuningFirstBin = Math.max(1, Math.ceil(tuningLowestHz / binHz));
  // A row has at most as many segments as every second bin, of two words each, and a count.
  const longestRow = 4 * (fftLength + 4);
  const tuningEndBin = Math.max(tuningFirstBin, Math.ceil(highestHz / binHz));
  const tuningEstimated = chromaBins > 0 && chroma.tuning === null;
  const keptBins = tuningEstimated ? tuningEndBin + 1 : 0;
  return {
    chromaBins,
    chromaBank: arena.reserve(chromaBins * longestRow),
    chromaNorm: chromaNorms.get(chroma.norm)!,
    tuningEstimated: tuningEstimated ? 1 : 0,
    tuningFirstBin,
    tuningEndBin,
    keptBins,
    keptSpectrum: arena.reserve(32 * keptBins),
    sampleRateHz,
  };
}

function planContrast(config: FeatureConfig, arena: Arena, columns: ColumnCounter) {
  const contrastRows = columns('contrast');
  const bands = contrastRows ? listContrastBands(config) : [];
  const longestBand = Math.max(0, ...bands.map(({ first, end }) => end - first));
  return {
    contrastRows,
    contrastTable: arena.place(
      Int32Array.from(bands.flatMap(({ first, end, count }) => [first, end, count])),
    ),
    contrastLinear: config.contrast.linear ? 1 : 0,
    selectionBuffer: arena.reserve(4 * longestBand),
  };
}

/** A transform of at least so many samples, and room for two frames on their way to their periods. */
function planPitch(samples: number, arena: Arena) {
  const length = 2 ** Math.ceil(Math.log2(samples));
  return {
    pitchTransform: placeTransform(arena, new Float64Array(length).fill(1)),
    pitchFrames: arena.reserve(8 * length),
    pitchSpectra: arena.reserve(16 * length + 32),
    pitchValues: arena.reserve(16 * length),
  };
}

function planExtras(config: FeatureConfig, arena: Arena, columns: ColumnCounter) {
  const { f0, fftLength, sampleRateHz } = config;
  const extraSets = ['rms', 'zcr', 'centroid', 'bandwidth', 'rolloff', 'flatness', 'f0'] as const;
  const pitchLongest = Math.min(Math.ceil(sampleRateHz / f0.fMinHz), fftLength - 1);
  return {
    extraColumns: extraSets.reduce((sum, set) => sum + columns(set), 0),
    rmsOn: columns('rms'),
    zcrOn: columns('zcr'),
    centroidOn: columns('centroid'),
    bandwidthOn: columns('bandwidth'),
    bandwidthExponent: config.bandwidth.exponent,
    rolloffOn: columns('rolloff'),
    rolloffShare: config.rolloff.share,
    flatnessOn: columns('flatness'),
    pitchOn: columns('f0'),
    pitchShortest: Math.floor(sampleRateHz / f0.fMaxHz),
    pitchLongest,
    pitchThreshold: f0.threshold,
    ...(columns('f0') ? planPitch(fftLength + pitchLongest + 1, arena) : undefined),
  };
}

/**
 * Builds the tables of a config in the arena and the plan that points to them. A config without sets
 * puts out the power spectrum.
 */
export function buildFeaturePlan(config: FeatureConfig, arena: Arena) {
  const columns: ColumnCounter = (set) =>
    config.sets.includes(set) ? countColumns(config, set) : 0;
  const bins = config.fftLength / 2 + 1;
  const chroma = planChroma(config, arena, columns);
  const mel = planMel(config, arena, columns);
  const contrast = planContrast(config, arena, columns);
  const extras = planExtras(config, arena, columns);
  const outputColumns =
    config.sets.length === 0
      ? bins
      : config.sets.reduce((sum, set) => sum + countColumns(config, set), 0);
  const plan = {
    ...planFrames(config, arena),
    ...mel,
    ...chroma,
    ...contrast,
    ...extras,
    rawColumns: mel.melBands + chroma.chromaBins + 2 * contrast.contrastRows + extras.extraColumns,
    outputColumns,
    columnBuffer: arena.reserve(16 * outputColumns),
    spectrumBuffer: arena.reserve(16 * Math.max(bins, mel.melBands)),
    spectrumOn: config.sets.every((set) => ['rms', 'zcr', 'f0'].includes(set)) ? 0 : 1,
    topDb: config.topDb ?? Number.POSITIVE_INFINITY,
  } satisfies Plan;
  return { plan, tuningBins: chroma.tuningEndBin - chroma.tuningFirstBin };
}
