import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapInOrder } from '../src/predict/map-in-order.ts';

it('keeps the order and never works on more than the limit', async () => {
  let underWay = 0;
  let most = 0;
  const results: number[] = [];
  const squares = mapInOrder([5, 1, 4, 2, 3, 0], 3, async (item) => {
    most = Math.max(most, ++underWay);
    await sleep(item * 2);
    underWay--;
    return item * item;
  });
  for await (const square of squares) results.push(square);
  expect(results).toEqual([25, 1, 16, 4, 9, 0]);
  expect(most).toBe(3);
});

it('takes no further item while nobody takes results', async () => {
  let taken = 0;
  const results = mapInOrder([...Array(100).keys()], 4, async (item) => {
    taken++;
    return item;
  });
  await results.next();
  await sleep(5);
  expect(taken).toBe(4);
  await results.return(undefined);
});

it('ends only when all work has ended, and throws what failed in its turn', async () => {
  let ended = 0;
  const results: number[] = [];
  const run = async () => {
    for await (const result of mapInOrder([0, 1, 2, 3], 4, async (item) => {
      await sleep(item === 1 ? 1 : 10);
      ended++;
      if (item === 1) throw new Error('the second');
      return item;
    })) {
      results.push(result);
    }
  };
  await expect(run()).rejects.toThrow('the second');
  expect(results).toEqual([0]);
  expect(ended).toBe(4);
});
