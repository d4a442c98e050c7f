import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FeatureConfig,
  type FeatureConfigInput,
  type FeatureMatrix,
  listFeatureNames,
  resolveFeatureConfig,
} from '@ser/dsp-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../support/read-npy.ts';
import { askPeer, pickClips } from '../support/real-data.ts';
import { readSerOutput } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const decibelTolerance = 1e-3;
const linearTolerance = 1e-4;

/** Clips with settings; every corpus at its own rate, so that no resampler takes part. */
const cases: { corpus: string; clips: number; setting: string; config: FeatureConfigInput }[] = [
  { corpus: 'ravdess', clips: 25, setting: 'default settings', config: {} },
  {
    corpus: 'ravdess',
    clips: 6,
    setting: 'other settings',
    config: {
      fftLength: 1024,
      hopLength: 256,
      window: 'hamming',
      padMode: 'reflect',
      topDb: 60,
      mel: { bands: 64, scale: 'htk', norm: null, fMinHz: 60, fMaxHz: 8000, unit: 'db' },
      mfcc: { coefficients: 20, lifter: 22 },
      chroma: { bins: 24, tuning: 0, norm: 2 },
      contrast: { bands: 5, quantile: 0.1, linear: true },
    },
  },
  {
    corpus: 'emodb',
    clips: 6,
    setting: '16 kHz',
    config: { sampleRateHz: 16_000, hopLength: 320 },
  },
  {
    corpus: 'crema-d',
    clips: 6,
    setting: '11 kHz',
    config: { sampleRateHz: 11_025, fftLength: 1024, contrast: { bands: 4 } },
  },
];

/** Largest magnitude of each feature set. */
type Answer = Record<string, number>;

describe.each(cases)('ser features of $corpus, $setting', ({ corpus, clips, config }) => {
  const folder = makeTemporaryFolder();
  const resolved = resolveFeatureConfig(config);
  const sets = listFeatureNames(resolved).map((name) => name.replace(/_\d+$/, ''));
  const own: FeatureMatrix[] = [];
  const expected: FeatureMatrix[] = [];
  let answers: Answer[];

  beforeAll(async () => {
    const settings = join(folder, 'config.json');
    writeFileSync(settings, JSON.stringify(config));
    const jobs = pickClips(corpus, clips).map((clip, at) => ({
      clip,
      config,
      out: join(folder, `librosa-${at}.npy`),
      takesOffsetOff: true,
    }));
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
    answers = await askPeer<Answer[]>('librosa_features.py', [join(folder, 'jobs.json')]);
    for (const { clip, out } of jobs) {
      const npy = join(folder, 'own.npy');
      await readSerOutput(['features', clip, '--out', npy, '--config', settings]);
      own.push(readNpy(npy));
      expected.push(readNpy(out));
    }
  });

  it('have librosa’s shape', () => {
    for (const [at, { frames, features }] of own.entries()) {
      expect([frames, features]).toEqual([expected[at]!.frames, sets.length]);
    }
  });

  it.each(['mfcc', 'chroma', 'mel', 'contrast'])('%s has librosa’s numbers', (set) => {
    const shares = own.map((matrix, at) =>
      measureShare(takeSet(matrix, set), takeSet(expected[at]!, set), toleranceOf(set, at)),
    );
    expect(Math.max(...shares)).toBeLessThan(1);
  });

  /** Largest deviation, as a share of what is allowed. */
  function measureShare(actual: Float32Array, wanted: Float32Array, tolerance: number): number {
    expect(actual.length).toBe(wanted.length);
    return actual.reduce((worst, value, index) => {
      const share = Math.abs(value - wanted[index]!) / tolerance;
      return Number.isNaN(share) ? Number.POSITIVE_INFINITY : Math.max(worst, share);
    }, 0);
  }

  function takeSet({ data }: FeatureMatrix, set: string): Float32Array {
    return data.filter((_, index) => sets[index % sets.length] === set);
  }

  function toleranceOf(set: string, at: number): number {
    return isInDecibels(set, resolved) ? decibelTolerance : linearTolerance * answers[at]![set]!;
  }
});

function isInDecibels(set: string, { mel, contrast }: FeatureConfig): boolean {
  if (set === 'mel') return mel.unit === 'db';
  if (set === 'contrast') return !contrast.linear;
  return set === 'mfcc';
}
