import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { z } from 'zod';
import { readText } from '../read-text.ts';

const schema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .optional(),
  licence: z.string().min(1).optional(),
  synthetic: z.boolean().optional(),
  labels: z.record(z.string(), z.string().min(1).nullable()).optional(),
});

/**
 * The optional `corpus.json` beside a corpus's label folders. `name` is kebab-case; `labels` maps a
 * folder's name to a label of one's own choice, or to null to leave the folder out.
 */
export type CorpusFile = z.infer<typeof schema>;

/**
 * Reads `corpus.json` of a folder; null where there is none.
 *
 * @throws SerError DATASET_INVALID that names the file and the first wrong field
 */
export async function readCorpusFile(directory: string): Promise<CorpusFile | null> {
  const path = join(directory, 'corpus.json');
  let text: string;
  try {
    text = await readText(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new SerError('FILE_UNREADABLE', `${path} could not be read.`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SerError('DATASET_INVALID', `${path} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new SerError(
    'DATASET_INVALID',
    `${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}; allowed are name (kebab-case), licence, synthetic and labels.`,
  );
}
