import { describe, expect, it } from 'vitest';
import { type DecodeBytes, openWithFallback } from '../src/browser-audio.ts';
import { readClip } from '../src/core/audio/audio-stream.ts';
import { openBytes } from '../src/core/audio/bytes/byte-source.ts';
import { SerError } from '../src/core/index.ts';
import { findFlacFrames } from './build-audio.ts';
import { catchSerError, readFixture } from './fixtures.ts';

const flac = readFixture('clips/mono.flac');
const flacRateHz = 22_050;
const frames = findFlacFrames(flac);

/** Stands for a browser that hears a ramp of two seconds in everything. */
function createBrowser() {
  const rates: (number | undefined)[] = [];
  const decode: DecodeBytes = async (_, { sampleRateHz }) => {
    rates.push(sampleRateHz);
    const rate = sampleRateHz ?? 48_000;
    const samples = Float32Array.from({ length: 2 * rate }, (_, index) => index / (2 * rate));
    return { samples, sampleRateHz: rate };
  };
  return { decode, rates };
}

const open = (bytes: Uint8Array, decode: DecodeBytes) =>
  openWithFallback(decode)(openBytes(bytes), {}).then(readClip);

describe("a page falls back on the browser's own decoder", () => {
  it('not for what is read here', async () => {
    const { decode, rates } = createBrowser();
    expect((await open(flac, decode)).sampleRateHz).toBe(flacRateHz);
    expect(rates).toEqual([]);
  });

  it('for a format that is not read', async () => {
    const { decode, rates } = createBrowser();
    const { samples, sampleRateHz } = await open(readFixture('clips/aac.m4a'), decode);
    expect(rates).toEqual([undefined]);
    expect([samples.length, sampleRateHz]).toEqual([96_000, 48_000]);
  });

  it('for data that cannot be decoded, from there on and at the same rate', async () => {
    const { decode, rates } = createBrowser();
    const damaged = flac.with(frames[1]! + 50, flac[frames[1]! + 50]! ^ 16);
    const { samples, sampleRateHz } = await open(damaged, decode);
    expect(rates).toEqual([flacRateHz]);
    expect([samples.length, sampleRateHz]).toEqual([2 * flacRateHz, flacRateHz]);
    const whole = (await open(flac, decode)).samples;
    const first = 4096;
    expect(samples.subarray(0, first)).toEqual(whole.subarray(0, first));
    expect(samples[first]).toBeCloseTo(first / (2 * flacRateHz), 6);
  });

  it('not for a cut file, whose end it would pass over', async () => {
    const { decode, rates } = createBrowser();
    const error = await catchSerError(() => open(flac.slice(0, -3000), decode));
    expect(error.code).toBe('AUDIO_DECODE_FAILED');
    expect(error.message).toContain('truncated');
    expect(rates).toEqual([]);
  });

  it('and says what both could not', async () => {
    const error = await catchSerError(() =>
      open(flac.with(frames[0]! + 50, 1), async () => {
        throw new SerError('AUDIO_UNSUPPORTED', 'this browser cannot decode it either.');
      }),
    );
    expect(error.code).toBe('AUDIO_DECODE_FAILED');
    expect(error.message).toMatch(
      /^The FLAC data cannot be decoded: .*; this browser cannot decode it either\.$/,
    );
  });
});
