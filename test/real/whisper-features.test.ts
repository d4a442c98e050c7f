import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FeatureConfigInput,
  type FeatureExtractor,
  type FeatureMatrix,
  loadDsp,
} from '@ser/dsp-wasm';
import { decodeAudio } from '@ser/runtime/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeFloatWav } from '../support/encode-float-wav.ts';
import { readNpy } from '../support/read-npy.ts';
import { askPeer, pickClips } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const sampleRateHz = 16_000;
const durationsSec = [0.3, 0.3141, 0.5, 0.75, 1, 1.5, 2.2, 3.7, 6.001, 10];

/** Pieces of EMO-DB, whose rate Whisper takes; where a clip is too short, it begins anew. */
async function cutClips(): Promise<Float32Array[]> {
  const clips = pickClips('emodb', durationsSec.length);
  return Promise.all(
    clips.map(async (clip, at) => {
      const { samples } = await decodeAudio(readFileSync(clip));
      const length = Math.round(durationsSec[at]! * sampleRateHz);
      return Float32Array.from({ length }, (_, n) => samples[n % samples.length]!);
    }),
  );
}

describe.each([80, 128])('the features that Whisper takes, %i bands', (bands) => {
  const folder = makeTemporaryFolder();
  const config: FeatureConfigInput = {
    ...{ sampleRateHz, fftLength: 400, hopLength: 160, padMode: 'reflect', dropLastFrame: true },
    sets: ['mel'],
    mel: { bands, fMaxHz: 8000, unit: 'whisper' },
  };
  let clips: Float32Array[];
  let extractor: FeatureExtractor;
  let expected: FeatureMatrix[];

  beforeAll(async () => {
    clips = await cutClips();
    extractor = (await loadDsp()).createExtractor(config);
    const jobs = clips.map((samples, at) => {
      const clip = join(folder, `${at}.wav`);
      writeFileSync(clip, encodeFloatWav(samples, sampleRateHz));
      return { clip, config, out: join(folder, `${at}.npy`) };
    });
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
    await askPeer('librosa_features.py', [join(folder, 'jobs.json')]);
    expected = jobs.map(({ out }) => readNpy(out));
  });

  it.each(durationsSec.map((seconds, at) => [seconds, at] as const))(
    'of %s s are WhisperFeatureExtractor’s',
    (seconds, at) => {
      const { data, frames, features } = extractor.extract(clips[at]!);
      expect([frames, features]).toEqual([Math.floor(seconds * 100), bands]);
      expect([frames, features]).toEqual([expected[at]!.frames, expected[at]!.features]);
      const largestDifference = data.reduce(
        (largest, value, index) => Math.max(largest, Math.abs(value - expected[at]!.data[index]!)),
        0,
      );
      expect(largestDifference).toBeLessThan(1e-4);
    },
  );
});
