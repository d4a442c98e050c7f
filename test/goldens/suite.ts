/**
 * Compares a Dsp with the stored goldens. Free of Node imports: the same code runs in a browser.
 */
import type { FeatureConfig, FeatureConfigInput } from '../../packages/dsp-wasm/src/index.ts';

export interface GoldenCase {
  signal: string;
  setting: string;
  samples: number;
  frames: number;
  features: number;
  keptFrames: number[];
  offset: number;
  largest: Record<string, number>;
}

export interface GoldenTrim {
  signal: string;
  topDb: number;
  noiseMarginDb: number | null;
  range: [number, number];
  intervals: [number, number][];
}

export interface GoldenIndex {
  cases: GoldenCase[];
  trims: GoldenTrim[];
}

export type GoldenSettings = Record<string, FeatureConfigInput>;

export interface Extraction {
  config: FeatureConfig;
  featureNames: string[];
  frames: number;
  features: number;
  data: Float32Array;
}

/** How far a set is from its golden, as a share of what is allowed: 1 is the limit. */
export interface Deviation {
  set: string;
  shareOfTolerance: number;
}

const decibelTolerance = 1e-3;
const linearTolerance = 1e-4;
const whisperTolerance = 1e-4;

/** The set that a slope or curvature is of. */
function baseOf(set: string): string {
  return set.replace(/^delta2?_/, '');
}

/** How far a value of a set may be from its golden. */
function toleranceOf(set: string, config: FeatureConfig, { largest }: GoldenCase): number {
  if (set === 'mel' && config.mel.unit === 'whisper') return whisperTolerance;
  const isInDecibels =
    set === 'mfcc' ||
    (set === 'mel' && config.mel.unit === 'db') ||
    (set === 'contrast' && !config.contrast.linear);
  return isInDecibels ? decibelTolerance : linearTolerance * largest[set]!;
}

function nameOfSet(featureName: string): string {
  return featureName.replace(/_\d+$/, '');
}

/** Largest deviation of each set, over the kept frames and the mean of every column. */
export function compareWithGolden(
  golden: GoldenCase,
  numbers: Float32Array,
  { config, featureNames, frames, features, data }: Extraction,
): Deviation[] {
  if (frames !== golden.frames || features !== golden.features) {
    throw new Error(
      `The matrix is ${frames} x ${features}, the golden ${golden.frames} x ${golden.features}.`,
    );
  }
  const sets = featureNames.map(nameOfSet);
  const worst = new Map<string, number>();
  const note = (column: number, value: number, row: number) => {
    const set = sets[column]!;
    const tolerance = toleranceOf(baseOf(set), config, golden);
    const difference = Math.abs(value - numbers[golden.offset + row * features + column]!);
    const share = difference === 0 ? 0 : difference / tolerance;
    worst.set(
      set,
      Math.max(worst.get(set) ?? 0, Number.isNaN(share) ? Number.POSITIVE_INFINITY : share),
    );
  };
  for (const [row, frame] of golden.keptFrames.entries()) {
    for (let column = 0; column < features; column++) {
      note(column, data[frame * features + column]!, row);
    }
  }
  for (let column = 0; column < features; column++) {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += data[frame * features + column]!;
    note(column, sum / frames, golden.keptFrames.length);
  }
  return [...worst].map(([set, shareOfTolerance]) => ({ set, shareOfTolerance }));
}
