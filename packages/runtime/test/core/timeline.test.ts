import { expect, it } from 'vitest';
import { judgeWindows, listWindows } from '../../src/core/timeline.ts';

const sampleRateHz = 100;

/** A recording whose samples are their own numbers, in blocks of any size. */
async function* makeBlocks(length: number, blockLength: number) {
  for (let start = 0; start < length; start += blockLength) {
    const count = Math.min(blockLength, length - start);
    yield Float32Array.from({ length: count }, (_, at) => start + at);
  }
}

/** The first and last sample of each window that is judged. */
async function collect(length: number, blockLength: number, windowSec: number, hopSec: number) {
  const judged: number[][] = [];
  const windows = judgeWindows(
    { sampleRateHz, blocks: makeBlocks(length, blockLength) },
    {
      ...{ windowSec, hopSec, labels: ['a', 'b'], signal: undefined },
      judge: async (clips) =>
        clips.map(({ samples }) => {
          judged.push([samples[0]!, samples.at(-1)! + 1]);
          return Float32Array.of(0.5, 0.5);
        }),
    },
  );
  const told: number[][] = [];
  for await (const { startSec, endSec } of windows) {
    told.push([startSec, endSec].map((sec) => Math.round(sec * sampleRateHz)));
  }
  return { judged, told };
}

it.each([
  [3, 1],
  [3, 3],
  [2, 2.5],
])(
  'judges windows of %d s every %d s of recordings of any length, to the end',
  async (windowSec, hopSec) => {
    // Around and between the ends of one, two and three batches of windows.
    for (let length = 50; length < 11_000; length += 50) {
      const wanted = listWindows({ length, sampleRateHz }, windowSec, hopSec);
      const expected = wanted.map(({ start, end }) => [start, end]);
      const { judged, told } = await collect(length, 4096, windowSec, hopSec);
      expect({ length, judged, told }).toEqual({ length, judged: expected, told: expected });
    }
  },
);

it('does not care how the recording comes in blocks', async () => {
  for (const blockLength of [1, 37, 1000, 3499]) {
    expect(await collect(3450, blockLength, 3, 1)).toEqual(await collect(3450, 1e6, 3, 1));
  }
});
