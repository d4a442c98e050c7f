/**
 * The parts of this project that are measured once: features of a corpus with nothing cached, and
 * the memory of a training.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNetworkRecipe, train } from '@ser/trainer';
import { answerLines } from './answer-lines.ts';
import { frontEnd } from './task.ts';

const data = [process.argv[2]!];
const recipe = await readNetworkRecipe('reference');
const folder = mkdtempSync(join(tmpdir(), 'ser-bench-'));

await answerLines({
  'cold-features': async () => {
    process.env.SER_CACHE_DIR = mkdtempSync(join(folder, 'cache-'));
    const { readDataset } = await import('@ser/trainer/internal/datasets/read-dataset');
    const { extractDataset } = await import('@ser/trainer/internal/run/extract-dataset');
    const { dataset } = await extractDataset(await readDataset(data), {
      representation: { frontEnd: { kind: 'features', ...frontEnd }, encoder: null },
    });
    return { clips: dataset.clips.length };
  },
  training: async () => {
    const settings = {
      ...{ data, protocol: 'random' as const, seed: 0, fold: null, splitFile: null },
      recipe: { ...recipe, ...frontEnd, training: { ...recipe.training, epochs: 3 } },
    };
    await train({ settings, outDirectory: join(folder, 'run') });
    return { peakMemoryMb: process.resourceUsage().maxRSS / 1024 };
  },
});
rmSync(folder, { recursive: true });
process.exit();
