/**
 * Works on many items at once and yields the results in the items' order. At most `limit` items are
 * under way or wait to be taken, so a slow reader holds the work back and memory stays flat. All work
 * has ended when the generator has.
 *
 * @throws what `work` throws for an item, once its turn has come.
 */
export async function* mapInOrder<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      // Its failure is told when its turn comes; until then it must not end the process.
      result.catch(() => {});
      underWay.push(result);
      if (underWay.length >= limit) yield await underWay.shift()!;
    }
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}
