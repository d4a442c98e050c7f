import { describe, expect, it } from 'vitest';
import { takeTurns } from '../../src/core/audio/take-turns.ts';
import { decodeAudio } from '../../src/core/index.ts';
import { catchSerError, readFixture } from '../fixtures.ts';

describe('takeTurns', () => {
  /** Blocks of 2 ms of work each; tells how many were done and whether the end was reached. */
  function startWork(blocks: number) {
    const work = { done: 0, isFreed: false };
    async function* decode(): AsyncGenerator<number> {
      try {
        for (; work.done < blocks; work.done++) {
          const end = Date.now() + 2;
          while (Date.now() < end);
          yield work.done;
        }
      } finally {
        work.isFreed = true;
      }
    }
    return { work, blocks: decode() };
  }

  async function collect(blocks: AsyncGenerator<number>): Promise<number[]> {
    const collected = [];
    for await (const block of blocks) collected.push(block);
    return collected;
  }

  it('passes all blocks on', async () => {
    const { work, blocks } = startWork(30);
    const turns = takeTurns(blocks, new AbortController().signal);
    expect(await collect(turns)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(work).toEqual({ done: 30, isFreed: true });
  });

  it('hears a signal that comes while it works, and lets the decoder free its memory', async () => {
    const { work, blocks } = startWork(5000);
    const signal = AbortSignal.timeout(30);
    const error = await catchSerError(() => collect(takeTurns(blocks, signal)));
    expect(error).toMatchObject({ code: 'ABORTED', message: 'Decoding was stopped.' });
    expect(work.done).toBeLessThan(2500);
    expect(work.isFreed).toBe(true);
  });

  it('lets a decoder free its memory that is left early', async () => {
    const { work, blocks } = startWork(5000);
    for await (const _ of takeTurns(blocks, undefined)) break;
    expect(work).toEqual({ done: 0, isFreed: true });
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
