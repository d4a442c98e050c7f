import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { NetworkRecipe } from '../../src/recipes/recipe.ts';
import { runFiles } from '../../src/run/run-folder.ts';
import type { TrainEvent } from '../../src/run/train.ts';
import { parseNetworkRecipe } from '../network-recipe.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const { train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

const specAugment = { timeMasks: 1, timeShare: 0.3, featureMasks: 1, featureShare: 0.3 };
const recipe = parseNetworkRecipe(
  { ...tinyRecipe, model: { ...tinyRecipe.model, specAugment, pooling: 'attention' } },
  'tiny',
);

it('pretrains and is taught before it trains, and goes on after a stop in either', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const run = async (name: string, changes: Partial<NetworkRecipe>, stopAt?: string) => {
    const outDirectory = join(directory, name);
    await mkdir(outDirectory, { recursive: true });
    const controller = new AbortController();
    const events: string[] = [];
    const onEvent = (event: TrainEvent): void => {
      if (event.type !== 'preparation' && event.type !== 'epoch') return;
      const phase = event.type === 'epoch' ? 'training' : event.phase;
      events.push(`${phase} ${event.epoch}/${event.epochs}`);
      if (events.at(-1) === stopAt) controller.abort();
    };
    const done = train({
      settings: {
        ...{ data: [corpus], recipe: { ...recipe, ...changes }, protocol: 'speaker-kfold' },
        ...{ seed: 0, fold: 0, splitFile: null },
      },
      ...{ outDirectory, onEvent, signal: controller.signal },
    });
    return { events, done };
  };
  const confidences = async (name: string, changes: Partial<NetworkRecipe>) => {
    const { summary } = await (await run(name, changes)).done;
    return summary.predictions.map(({ confidence }) => confidence);
  };

  const both = { pretraining: { epochs: 2 }, distillation: { members: 2, share: 0.5 } };
  const whole = await run('whole', both);
  const { summary } = await whole.done;
  const epochs = (phase: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${phase} ${at + 1}/${count}`);
  expect(whole.events).toEqual([
    ...epochs('pretraining', 2),
    ...epochs('teacher', 4),
    ...epochs('training', 4),
  ]);
  expect(summary.preparationSec).toBeGreaterThan(0);
  const expected = summary.predictions.map(({ confidence }) => confidence);

  for (const stopAt of ['pretraining 1/2', 'teacher 2/4']) {
    const { done } = await run(stopAt.replaceAll(/\W/g, '-'), both, stopAt);
    await expect(done).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await confidences(stopAt.replaceAll(/\W/g, '-'), both)).toEqual(expected);
  }
  const plain = await confidences('plain', {});
  expect(await confidences('pretrained', { pretraining: both.pretraining })).not.toEqual(plain);
  expect(await confidences('taught', { distillation: both.distillation })).not.toEqual(plain);
  await expect(access(join(directory, 'plain', runFiles.teacher))).rejects.toThrow();
}, 240_000);
