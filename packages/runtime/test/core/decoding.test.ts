import { describe, expect, it } from 'vitest';
import type { Decoding } from '../../src/core/audio/decoding.ts';
import { runDecoding } from '../../src/core/audio/decoding.ts';
import { decodeAudio } from '../../src/core/index.ts';
import { catchSerError, readFixture } from '../fixtures.ts';

const clip = { samples: new Float32Array(100), sampleRateHz: 16000 };

describe('runDecoding', () => {
  /** Blocks of 2 ms of work each; tells how many were done and whether the end was reached. */
  function startWork(blocks: number) {
    const work = { done: 0, isFreed: false };
    function* decode(): Decoding {
      try {
        for (; work.done < blocks; work.done++) {
          const end = Date.now() + 2;
          while (Date.now() < end);
          yield;
        }
        return clip;
      } finally {
        work.isFreed = true;
      }
    }
    return { work, decoding: decode() };
  }

  it('gives the clip at the end', async () => {
    const { work, decoding } = startWork(30);
    expect(await runDecoding(decoding, new AbortController().signal)).toBe(clip);
    expect(work).toEqual({ done: 30, isFreed: true });
  });

  it('hears a signal that comes while it works, and lets the decoder free its memory', async () => {
    const { work, decoding } = startWork(5000);
    const signal = AbortSignal.timeout(30);
    const error = await catchSerError(() => runDecoding(decoding, signal));
    expect(error).toMatchObject({ code: 'ABORTED', message: 'Decoding was stopped.' });
    expect(work.done).toBeLessThan(2500);
    expect(work.isFreed).toBe(true);
  });
});

it.each(['pcm16.wav', 'flac16.flac', 'stereo.mp3', 'stereo.ogg', 'stereo.opus'])(
  'decodeAudio stops %s at the signal, and else gives the same with one',
  async (name) => {
    const bytes = readFixture(`clips/${name}`);
    const stopped = decodeAudio(bytes, { signal: AbortSignal.abort() });
    expect((await catchSerError(() => stopped)).code).toBe('ABORTED');
    const withSignal = await decodeAudio(bytes, { signal: new AbortController().signal });
    expect(withSignal).toEqual(await decodeAudio(bytes));
  },
);
