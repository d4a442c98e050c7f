import { SerError } from '@ser/dsp-wasm';
import { z } from 'zod';
import { writeFileAtomic } from '../atomic-file.ts';
import { type Clip, clipKey, type Dataset } from '../datasets/clip.ts';
import { readText } from '../read-text.ts';
import type { Split, SplitSides } from './split.ts';

const schema = z.object({
  train: z.array(z.string()).min(1),
  validation: z.array(z.string()),
  test: z.array(z.string()).min(1),
});

/** A split by name: each clip as `corpus/id`. Other fields of the JSON are passed over. */
export type SplitFile = z.infer<typeof schema>;

/**
 * Reads an own split: `{ "train": ["ravdess/Actor_01/….wav", …], "validation": […], "test": […] }`.
 * A run's own `split.json` is such a file.
 *
 * @throws SerError FILE_NOT_FOUND, or DATASET_INVALID that names the wrong field
 */
export async function readSplitFile(path: string): Promise<SplitFile> {
  const text = await readText(path).catch((cause) => {
    throw new SerError('FILE_NOT_FOUND', `The split file ${path} could not be read.`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SerError('DATASET_INVALID', `The split file ${path} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new SerError(
    'DATASET_INVALID',
    `The split file ${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}; train, validation and test are lists of corpus/id.`,
  );
}

/** Writes a split so that `readSplitFile` gives it back, with protocol, seed and fold beside. */
export async function writeSplitFile(path: string, split: Split): Promise<void> {
  const { protocol, seed, fold } = split;
  const sides = {
    train: split.train.map(clipKey),
    validation: split.validation.map(clipKey),
    test: split.test.map(clipKey),
  };
  await writeFileAtomic(path, `${JSON.stringify({ protocol, seed, fold, ...sides }, null, 2)}\n`);
}

/**
 * Finds the clips that a split file names. Clips of the dataset that it does not name are left out.
 *
 * @throws SerError DATASET_INVALID where the dataset lacks a named clip or a clip is named twice
 */
export function applySplitFile(dataset: Dataset, file: SplitFile): SplitSides {
  const clips = new Map(dataset.clips.map((clip) => [clipKey(clip), clip]));
  const used = new Map<string, string>();
  const find = (side: keyof SplitFile): Clip[] =>
    file[side].map((key) => {
      const clip = clips.get(key);
      if (!clip) {
        throw new SerError(
          'DATASET_INVALID',
          `The split's ${side} names ${key}, which ${explainAbsence(key, dataset)}.`,
        );
      }
      const other = used.get(key);
      if (other) {
        throw new SerError(
          'DATASET_INVALID',
          `The split names ${key} twice, in ${other} and ${side}.`,
        );
      }
      used.set(key, side);
      return clip;
    });
  return { train: find('train'), validation: find('validation'), test: find('test') };
}

function explainAbsence(key: string, { skipped }: Dataset): string {
  const ending = key.slice(key.indexOf('/'));
  const left = skipped.find(({ path }) => path.replaceAll('\\', '/').endsWith(ending));
  return left ? `was left out: ${left.reason}` : 'the dataset lacks';
}
