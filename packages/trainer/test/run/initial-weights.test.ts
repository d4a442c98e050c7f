import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/report/run-summary.ts';
import type { RunSettings } from '../../src/run/run-folder.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const { train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

describe('a training that starts from a finished run', () => {
  it('goes on from its weights, names it, and refuses what it heard', async () => {
    const { directory, corpus } = await makeSyntheticCorpus();
    useOwnCache(directory);
    const recipe = { ...tinyRecipe, training: { ...tinyRecipe.training, epochs: 12 } };
    const run = async (name: string, changes: Partial<RunSettings> = {}) => {
      const outDirectory = join(directory, name);
      await mkdir(outDirectory, { recursive: true });
      const settings: RunSettings = {
        ...{ data: [corpus], recipe, protocol: 'speaker-kfold', seed: 0, fold: 0 },
        ...{ splitFile: null, ...changes },
      };
      return (await train({ settings, outDirectory })).summary;
    };
    // Hardly any learning: what the weights said before is what they say after.
    const training = { ...recipe.training, epochs: 1, learningRate: 1e-9 };
    const short = { ...recipe, training };
    const earlier = await run('earlier');
    const alone = await run('alone', { recipe: short });
    const later = await run('later', { recipe: short, init: join(directory, 'earlier') });
    expect(listConfidences(later)).toEqual(listConfidences(earlier));
    expect(listConfidences(alone)).not.toEqual(listConfidences(earlier));
    expect(later.initialRun).toMatchObject({ name: 'earlier', recipe: 'tiny' });
    expect(later.initialRun!.corpora.map(({ name }) => name)).toEqual(
      earlier.corpora.map(({ name }) => name),
    );
    expect(alone.initialRun).toBeUndefined();

    await expect(run('leak', { fold: 1, init: join(directory, 'earlier') })).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringMatching(/earlier, which heard the speaker/),
    });
    const other = { ...recipe, model: { ...recipe.model, denseUnits: 9 } };
    await expect(
      run('other', { recipe: other, init: join(directory, 'earlier') }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/another `model`/),
    });
  }, 120_000);
});

function listConfidences({ predictions }: RunSummary): string[] {
  return predictions.map(({ clipId, confidence }) => `${clipId} ${confidence.toFixed(4)}`);
}
