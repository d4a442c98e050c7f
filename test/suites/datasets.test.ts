import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { serve, startServer } from '../../apps/cli/test/datasets/hostile-server.ts';
import { readSerJson, readSerOutput, runSer } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');
const tessWords = ['OAF_back_angry.wav', 'OAF_back_sad.wav', 'YAF_back_angry.wav'];

let archive: Buffer;
const { toUrl } = startServer({ 'tess.zip': (...call) => serve(archive)(...call) });

beforeAll(async () => {
  const clips = await writeSyntheticCorpus(corpus, {
    ...{ speakers: 6, clipsPerEmotion: 2, emotions: ['happy', 'sad', 'angry'] },
  });
  const zip = new ZipFile();
  for (const [at, name] of tessWords.entries()) zip.addFile(clips[at]!, `TESS/${name}`);
  zip.end();
  archive = await buffer(zip.outputStream as NodeJS.ReadableStream);
});

function download(...args: string[]) {
  return runSer(['datasets', 'download', ...args]);
}

describe('ser datasets', () => {
  it('lists the published corpora, for people and for programs', async () => {
    const corpora = await readSerJson<Record<string, unknown>[]>(['datasets', 'list', '--json']);
    expect(corpora.map(({ name }) => name)).toEqual(['ravdess', 'emodb', 'crema-d', 'tess']);
    const text = await readSerOutput(['datasets', 'list']);
    for (const { name, licence, citation, speakers } of corpora) {
      for (const part of [name, licence, citation, speakers]) expect(text).toContain(String(part));
    }
  });

  it('downloads one into a folder that can be read at once', async () => {
    const out = join(folder, 'data', 'tess');
    const args = ['tess', '--out', out, '--mirror', toUrl('tess.zip'), '--accept-licence'];
    const { exitCode, stdout, stderr } = await download(...args);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `${out}: 3 clips\nTrain on them: ser train --data ${out}\n`,
    });
    expect(stderr).toMatch(/licence: {2}CC BY-NC-ND 4\.0.*\n.*cite: .*Pichora-Fuller/);
    const check = await runSer(['datasets', 'check', out, '--json']);
    expect(JSON.parse(check.stdout)).toMatchObject({
      clips: 3,
      corpora: [{ name: 'tess', speakers: 2 }],
    });
    const again = await download(...args);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain('is downloaded already');
  });

  it('refuses what was not published, and leaves nothing', async () => {
    const out = join(folder, 'data', 'emodb');
    const { exitCode, stdout, stderr } = await download(
      ...['emodb', '--out', out, '--mirror', toUrl('tess.zip'), '--accept-licence'],
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/the published file has 39981818\.\n$/);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['a licence that nobody accepts', ['tess', '--out', join(folder, 'x')]],
    ['a corpus that is not known', ['iemocap']],
  ])('takes %s for wrong usage', async (_, args) => {
    const { exitCode, stdout } = await download(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('checks a good folder', async () => {
    const { exitCode, stdout } = await runSer(['datasets', 'check', corpus]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^36 clips, \d/);
    expect(stdout).toMatch(/^Read as: .*: one folder a label .*, since it has a corpus\.json$/m);
    expect(stdout).toContain('Nothing stands in the way of a training.');
  });

  it('ends with 1 where a training would be lost', async () => {
    const spoiled = join(folder, 'spoiled');
    cpSync(corpus, spoiled, { recursive: true });
    rmSync(join(spoiled, 'corpus.json'));
    mkdirSync(join(spoiled, 'calm'));
    const [first, second] = readdirSync(join(spoiled, 'angry')) as [string, string];
    renameSync(join(spoiled, 'angry', first), join(spoiled, 'calm', first));
    cpSync(join(spoiled, 'angry', second), join(spoiled, 'angry', `copy-${second}`));
    writeFileSync(join(spoiled, 'sad', 'x_9.wav'), 'no sound');
    const { exitCode, stdout } = await runSer(['datasets', 'check', spoiled]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('byte-identical');
    expect(stdout).toMatch(/x_9\.wav: .*WAV, FLAC, MP3/);
    expect(stdout).toMatch(/\n\d errors?, \d warnings?\.\n$/);
    // A training says as much as it can see, before it fails.
    const training = await runSer([
      ...['train', '--data', spoiled, '--recipe', 'demo', '--out', join(folder, 'lost')],
    ]);
    expect(training.exitCode).toBe(1);
    expect(training.stdout).toMatch(/^error: Labels with under 5 clips, .*calm \(1\)/m);
  });

  it('splits by a protocol, and a training goes by the split and says what is wrong first', async () => {
    const split = join(folder, 'split.json');
    const written = await readSerJson(
      ['datasets', 'split', corpus, '--protocol', 'speaker-kfold', '--fold', '1'].concat(
        ...['--folds', '3', '--out', split, '--json'],
      ),
    );
    expect(written).toMatchObject({ protocol: 'speaker-kfold', fold: 1, test: 12 });
    const run = join(folder, 'run');
    const output = await readSerOutput([
      ...['train', '--data', corpus, '--split', split, '--recipe', 'demo'],
      ...['--epochs', '1', '--out', run],
    ]);
    expect(output).toContain('Split file: ');
    const sides = (path: string) => {
      const { train, validation, test } = JSON.parse(readFileSync(path, 'utf8'));
      return { train, validation, test };
    };
    expect(sides(join(run, 'split.json'))).toEqual(sides(split));
  });
});
