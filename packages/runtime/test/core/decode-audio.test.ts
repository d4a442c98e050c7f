import { describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/core/index.ts';
import { readFixture, readJsonFixture } from '../fixtures.ts';

interface ExpectedClip {
  sampleRateHz: number;
  samples: number;
  sum: number;
  energy: number;
  at: [index: number, value: number][];
}

const { clips } = readJsonFixture<{ clips: Record<string, ExpectedClip> }>('clips.expected.json');

/**
 * Lossless formats may differ by the rounding to 32 bits, lossy ones by that of their transforms; what
 * libsndfile does not read is compared with ffmpeg, whose decoders are its own.
 */
function toleranceOf(name: string): number {
  if (/\.(webm|mp2)$|^layer3/.test(name)) return 2e-4;
  if (name.endsWith('.opus')) return 2e-5;
  return /\.(mp3|ogg)$/.test(name) ? 1e-6 : 6e-8;
}

describe('decodeAudio against libsndfile and ffmpeg', () => {
  it.each(Object.entries(clips))('%s', async (name, expected) => {
    const tolerance = toleranceOf(name);
    const clip = await decodeAudio(readFixture(`clips/${name}`));
    expect(clip.sampleRateHz).toBe(expected.sampleRateHz);
    expect(clip.samples.length).toBe(expected.samples);
    for (const [index, value] of expected.at) {
      expect(Math.abs(clip.samples[index]! - value)).toBeLessThanOrEqual(tolerance);
    }
    let sum = 0;
    let energy = 0;
    for (const sample of clip.samples) {
      sum += sample;
      energy += sample * sample;
    }
    expect(Math.abs(sum - expected.sum)).toBeLessThan(tolerance * expected.samples);
    expect(Math.abs(energy / expected.energy - 1)).toBeLessThan(10 * tolerance);
  });
});

it('takes a view into a larger buffer', async () => {
  const bytes = readFixture('clips/mono16k.ogg');
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 10);
  const clip = await decodeAudio(larger.subarray(10, 10 + bytes.length));
  expect(clip).toEqual(await decodeAudio(bytes));
  expect(clip).toEqual(await decodeAudio(Buffer.from(bytes)));
});

it('leaves the bytes as they were', async () => {
  for (const name of ['stereo.opus', 'stereo.ogg', 'stereo.mp3', 'flac16.flac', 'pcm24.wav']) {
    const bytes = readFixture(`clips/${name}`);
    const copy = bytes.slice();
    await decodeAudio(Buffer.from(bytes.buffer));
    expect(bytes).toEqual(copy);
  }
});

it('skips an ID3 tag before FLAC and MP3', async () => {
  for (const name of ['flac16.flac', 'mono16k.mp3']) {
    const bytes = readFixture(`clips/${name}`);
    const tag = Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 3, 1, 2, 3);
    const tagged = new Uint8Array([...tag, ...bytes]);
    expect(await decodeAudio(tagged)).toEqual(await decodeAudio(bytes));
  }
});
