import { beforeAll, describe, expect, it } from 'vitest';
import { noise, voice } from '../../../test/goldens/signals.ts';
import { type Dsp, type FeatureConfigInput, loadDsp } from '../src/index.ts';
import { findDifference } from './find-difference.ts';

let dsp: Dsp;
beforeAll(async () => {
  dsp = await loadDsp();
});

const chunkings = {
  'one sample': () => 1,
  '128 samples': () => 128,
  'irregular pieces': (i: number) => [0, 7, 1000, 1, 513, 4096][i % 6]!,
  'one piece': () => 1e9,
};

function* split(samples: Float32Array, sizeOf: (index: number) => number) {
  for (let at = 0, i = 0; at < samples.length; i++) {
    const size = sizeOf(i);
    yield samples.subarray(at, at + size);
    at += size;
  }
}

function join(parts: Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    joined.set(part, at);
    return at + part.length;
  }, 0);
  return joined;
}

const resampledSamples = noise(9000, 0.5, 3);

describe.each(Object.entries(chunkings))('a stream in %s', (_, sizeOf) => {
  it.each([
    [48000, 22050],
    [16000, 22050],
    [44101, 22051],
    [8000, 8000],
  ])('resamples %i to %i Hz as the whole signal', (fromHz, toHz) => {
    const stream = dsp.createResamplerStream({ fromHz, toHz });
    for (const length of [9000, 40]) {
      const samples = resampledSamples.subarray(0, length);
      const parts = [...split(samples, sizeOf)].map((chunk) => stream.push(chunk));
      const whole = dsp.resample(samples, { fromHz, toHz });
      expect(findDifference(join([...parts, stream.flush()]), whole)).toBe(-1);
    }
  });

  it.each<[string, FeatureConfigInput]>([
    ['default frames', {}],
    ['reflected', { padMode: 'reflect', fftLength: 1024, mel: { bands: 64 } }],
    ['long hops', { padMode: 'reflect', fftLength: 1024, hopLength: 900, mel: { bands: 64 } }],
    ['edges', { padMode: 'edge', hopLength: 3000 }],
    ['not centred', { center: false, hopLength: 100 }],
    ['prosody', { sets: ['rms', 'zcr', 'centroid', 'f0'], padMode: 'edge' }],
    ['deltas', { sets: ['mfcc', 'rms'], hopLength: 128, deltas: { order: 2 } }],
    [
      'Whisper',
      {
        sampleRateHz: 16000,
        fftLength: 400,
        hopLength: 160,
        padMode: 'reflect',
        dropLastFrame: true,
        sets: ['mel'],
        mel: { bands: 80, fMaxHz: 8000, unit: 'whisper' },
      },
    ],
    ['hops beyond frames', { fftLength: 480, hopLength: 700, dropLastFrame: true, sets: ['rms'] }],
    ['repeated edges', { sets: ['mfcc'], deltas: { order: 1, width: 5, mode: 'nearest' } }],
  ])('gives the features of the whole signal: %s', (_, input) => {
    const config = { ...input, topDb: null, chroma: { tuning: 0 } };
    const stream = dsp.createFeatureStream(config);
    const extractor = dsp.createExtractor(config);
    for (const length of [12345, 2500]) {
      const samples = voice(length, 0.01);
      const parts = [...split(samples, sizeOf)].map((chunk) => stream.push(chunk).data);
      parts.push(stream.flush().data);
      expect(findDifference(join(parts), extractor.extract(samples).data)).toBe(-1);
    }
  });
});

describe('createFeatureStream', () => {
  it('puts out a frame as soon as its latency has passed', () => {
    const stream = dsp.createFeatureStream({ topDb: null, chroma: { tuning: 0 } });
    expect(stream.latencySamples).toBe(1024);
    expect(stream.push(new Float32Array(1023)).frames).toBe(0);
    expect(stream.push(new Float32Array(1)).frames).toBe(1);
    expect(stream.push(new Float32Array(511)).frames).toBe(0);
    expect(stream.push(new Float32Array(1)).frames).toBe(1);
    expect(stream.flush().frames).toBe(2);
  });

  it('puts out a frame with deltas once half their width of frames has followed', () => {
    const stream = dsp.createFeatureStream({ topDb: null, sets: ['mfcc'], deltas: { order: 1 } });
    expect(stream.latencySamples).toBe(1024 + 4 * 512);
    expect(stream.push(new Float32Array(1023 + 8 * 512)).frames).toBe(0);
    expect(stream.push(new Float32Array(1)).frames).toBe(5);
    expect(stream.push(new Float32Array(512)).frames).toBe(1);
  });

  it('puts out a frame once it cannot be the last one, where that goes', () => {
    const config = { fftLength: 400, hopLength: 500, dropLastFrame: true, sets: ['rms'] } as const;
    const stream = dsp.createFeatureStream({ ...config, topDb: null });
    expect(stream.latencySamples).toBe(500);
    expect(stream.push(new Float32Array(499)).frames).toBe(0);
    expect(stream.push(new Float32Array(1)).frames).toBe(1);
    expect(stream.push(new Float32Array(499)).frames).toBe(0);
    expect(stream.flush().frames).toBe(0);
    stream.push(new Float32Array(499));
    expect(() => stream.flush()).toThrow(expect.objectContaining({ code: 'AUDIO_TOO_SHORT' }));
  });

  it('refuses what depends on the whole clip', () => {
    expect(() => dsp.createFeatureStream()).toThrow('topDb is 80; it must be null in a stream');
    expect(() => dsp.createFeatureStream({ topDb: null })).toThrow('chroma.tuning is null');
  });

  it('counts a bad sample from the start of the stream', () => {
    const stream = dsp.createFeatureStream({ topDb: null, sets: ['mfcc'] });
    stream.push(new Float32Array(6000));
    const bad = new Float32Array(2000);
    bad[5] = Number.NaN;
    expect(() => stream.push(bad)).toThrow('Sample 6005 of the audio is NaN');
  });

  it('gives nothing for a stream without samples', () => {
    const stream = dsp.createFeatureStream({ topDb: null, sets: ['mfcc'] });
    expect(stream.flush().frames).toBe(0);
  });
});

describe('createResamplerStream', () => {
  it('counts a bad sample from the start of the stream', () => {
    const stream = dsp.createResamplerStream({ fromHz: 48000, toHz: 16000 });
    stream.push(new Float32Array(6000));
    expect(() => stream.push(new Float32Array(2000).fill(Number.NaN))).toThrow('Sample 6000');
  });
});
