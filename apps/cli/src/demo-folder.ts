import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { decodeText } from '@ser/runtime/core';
import { readRunSettings } from '@ser/trainer';

/** Where the demo writes. */
export interface DemoFolder {
  corpus: string;
  run: string;
}

/**
 * Empties the places that a demo in `out` writes to. Only what an earlier demo left is removed.
 *
 * @throws SerError `FILE_UNWRITABLE` when one of them holds anything else.
 */
export async function prepareDemoFolder(out: string): Promise<DemoFolder> {
  const places = { corpus: join(out, 'corpus'), run: join(out, 'run') };
  if (!(await isDemoCorpus(places.corpus))) throw notOurs(places.corpus);
  if (!(await isDemoRun(places.run))) throw notOurs(places.run);
  for (const place of Object.values(places)) await rm(place, { recursive: true, force: true });
  return places;
}

/** A name that the demo's synthesiser gives, finished or half written. */
const syntheticClip = /^[a-z]+\/s\d+_\d+\.wav(\.[^/]+\.tmp)?$/;

async function isDemoCorpus(directory: string): Promise<boolean> {
  const files = await listFiles(directory);
  if (files.length === 0) return true;
  const description = await readFile(join(directory, 'corpus.json'))
    .then((bytes) => JSON.parse(decodeText(bytes)))
    .catch(() => null);
  const isOther = (file: string) => file !== 'corpus.json' && !syntheticClip.test(file);
  return description?.synthetic === true && !files.some(isOther);
}

async function isDemoRun(directory: string): Promise<boolean> {
  if ((await listFiles(directory)).length === 0) return true;
  const settings = await readRunSettings(directory).catch(() => null);
  return settings?.recipe.name === 'demo' && settings.data.every((f) => basename(f) === 'corpus');
}

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw notOurs(directory);
    },
  );
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .map((path) => path.replaceAll(sep, '/'));
}

function notOurs(path: string): SerError {
  return new SerError(
    'FILE_UNWRITABLE',
    `${path} holds something that \`ser demo\` did not make: give another --out, or move it away.`,
  );
}
