import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readRecipe, writeSyntheticCorpus } from '@ser/trainer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDemoFolder } from '../src/demo-folder.ts';

let out: string;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'ser-demo-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

function write(name: string, content: unknown): void {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), JSON.stringify(content));
}

async function writeSettings({ recipe = 'demo', data = 'corpus' } = {}): Promise<void> {
  write('run/settings.json', {
    ...{ data: [join(out, data)], recipe: await readRecipe(recipe) },
    ...{ protocol: 'speaker-kfold', seed: 0, fold: 0, splitFile: null },
  });
}

describe('prepareDemoFolder', () => {
  it('takes a folder that does not exist', async () => {
    const folder = join(out, 'new');
    expect(await prepareDemoFolder(folder)).toEqual({
      corpus: join(folder, 'corpus'),
      run: join(folder, 'run'),
    });
  });

  it('removes what an earlier demo left, and nothing beside it', async () => {
    await writeSyntheticCorpus(join(out, 'corpus'), { speakers: 1, clipsPerEmotion: 1 });
    await writeSettings();
    write('letter.json', 'mine');
    await prepareDemoFolder(out);
    expect(existsSync(join(out, 'corpus'))).toBe(false);
    expect(existsSync(join(out, 'run'))).toBe(false);
    expect(existsSync(join(out, 'letter.json'))).toBe(true);
  });

  const refused: [string, () => void | Promise<void>][] = [
    ['a corpus that is not synthetic', () => write('corpus/corpus.json', { name: 'mine' })],
    ['a corpus without a description', () => write('corpus/angry/s00_001.wav', 0)],
    [
      'a synthetic corpus with a file of the user',
      async () => {
        await writeSyntheticCorpus(join(out, 'corpus'), { speakers: 1, clipsPerEmotion: 1 });
        cpSync(join(out, 'corpus/happy'), join(out, 'corpus/happy-2/takes'), { recursive: true });
      },
    ],
    ['a file in place of the corpus', () => write('corpus', 'text')],
    ['a folder that is no run', () => write('run/thesis.json', 'years')],
    ['a run of another recipe', () => writeSettings({ recipe: 'reference' })],
    ['a run on other data', () => writeSettings({ data: 'ravdess' })],
  ];

  it.each(refused)('refuses %s, and removes nothing', async (_, prepare) => {
    await prepare();
    await expect(prepareDemoFolder(out)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(existsSync(join(out, 'corpus')) || existsSync(join(out, 'run'))).toBe(true);
  });
});
