import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FeatureMatrix, loadDsp } from '@ser/dsp-wasm';
import {
  buildWhisperEncoder,
  createEmbedder,
  readEncoderFile,
  readWhisperSafetensors,
} from '@ser/encoders';
import { loadClip, openEmbeddingGraph } from '@ser/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/npy.ts';
import { readNpy } from '../support/read-npy.ts';
import { askPeer, locateEncoderWeights, pickClips } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const sampleRateHz = 16_000;
const tolerance = 1e-4;
const count = 40;
const [shortestSec, longestSec] = [0.3, 29.5];
/** Zeros behind a clip, whose frames the encoder leaves out. */
const padEndSec = 0.5;
const paddingFrames = 25;

/** Pieces of the corpus at the encoder's rate, ever longer, with the zeros behind them. */
async function cutClips(): Promise<Float32Array[]> {
  const speech: number[] = [];
  for (const path of pickClips('emodb', 120)) {
    const clip = await loadClip(path);
    expect(clip.sampleRateHz).toBe(sampleRateHz);
    speech.push(...clip.samples);
  }
  return Array.from({ length: count }, (_, at) => {
    const durationSec = shortestSec * (longestSec / shortestSec) ** (at / (count - 1));
    const samples = Math.floor(durationSec * sampleRateHz);
    const start = Math.floor(((speech.length - samples) * at) / count);
    const padded = new Float32Array(samples + padEndSec * sampleRateHz);
    padded.set(speech.slice(start, start + samples));
    return padded;
  });
}

describe.each([
  { name: 'tiny.en', width: 384 },
  { name: 'base', width: 512 },
])('whisper $name', ({ name, width }) => {
  const folder = makeTemporaryFolder();
  const layers = [0, 1, 2, 3, 4];
  const mels: { own: FeatureMatrix; expected: FeatureMatrix }[] = [];
  const states: { own: Float32Array; expected: Float32Array }[] = [];
  let longest: { together: Float32Array; alone: Float32Array };

  beforeAll(async () => {
    const weights = locateEncoderWeights(`whisper-${name}-first4.safetensors`);
    const encoder = buildWhisperEncoder(readWhisperSafetensors(readFileSync(weights)), {
      ...{ name: `whisper-${name}`, licence: 'MIT', languages: ['en'], source: 'a test' },
    });
    const { frontEnd } = readEncoderFile(encoder);
    if (frontEnd.kind !== 'features') throw new Error('Whisper takes features.');
    const clips = await cutClips();
    const jobs = clips.map((samples, at) => {
      const job = {
        samples: join(folder, `samples-${at}.npy`),
        mel: join(folder, `mel-${at}.npy`),
        states: join(folder, `states-${at}.npy`),
      };
      writeFileSync(job.samples, encodeNpy(samples, [1, samples.length]));
      return job;
    });
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
    await askPeer('whisper_states.py', [weights, join(folder, 'jobs.json')]);
    const extractor = (await loadDsp()).createExtractor(frontEnd.features);
    const graph = await openEmbeddingGraph(
      createEmbedder(encoder, { layers, output: 'frames' }),
      frontEnd.kind,
    );
    for (const [at, job] of jobs.entries()) {
      const extracted = extractor.extract(clips[at]!);
      const own = { ...extracted, data: extracted.data.slice() };
      mels.push({ own, expected: readNpy(job.mel) });
      const { data, features, frames } = readNpy(job.states);
      const kept = Math.max(1, frames - paddingFrames) * features;
      states.push({ own: await graph.run(own), expected: data.slice(0, kept) });
    }
    await graph.release();
    const pooled = await openEmbeddingGraph(
      createEmbedder(encoder, { layers, output: 'embedding' }),
      frontEnd.kind,
    );
    const [short, long] = [mels[5]!.own, mels[30]!.own];
    const together = await pooled.run(short, long);
    longest = { together, alone: await pooled.run(short) };
    await pooled.release();
  });

  it(`takes the log-mel frames of ${count} clips as WhisperFeatureExtractor has them`, () => {
    for (const { own, expected } of mels) {
      expect([own.frames, own.features]).toEqual([expected.frames, expected.features]);
      expect(differ(own.data, expected.data)).toBeLessThan(tolerance);
    }
  });

  it.each(layers)(`gives the hidden state %i of ${count} clips as transformers has it`, (layer) => {
    for (const { own, expected } of states) {
      expect(own.length).toBe(expected.length);
      const [found, wanted] = [own, expected].map((all) =>
        all.filter((_, at) => Math.floor(at / width) % layers.length === layer),
      );
      // The fourth layer gives values of some hundreds, which float32 holds to four digits behind
      // the point: there the difference is measured against the largest.
      const largest = layer < 4 ? 1 : wanted!.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expect(differ(found!, wanted!) / largest).toBeLessThan(tolerance);
    }
  });

  it('gives the same for a short clip alone and in a batch with a long one', () => {
    const { together, alone } = longest;
    const largest = alone.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const error = differ(together.slice(0, alone.length), alone) / largest;
    expect(error).toBeLessThan(1e-6);
  });
});

/** The largest difference of two lists of one length. */
function differ(own: Float32Array, expected: Float32Array): number {
  if (own.length !== expected.length) return Number.POSITIVE_INFINITY;
  return own.reduce((most, value, at) => {
    const difference = Math.abs(value - expected[at]!);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
}
