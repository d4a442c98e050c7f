import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { importWhisper } from '@ser/encoders';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, expect, it } from 'vitest';
import { root, runCommand, serPath } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** Lines that are not run here, and what runs them instead. */
const notRun: readonly (readonly [RegExp, string])[] = [
  [/pnpm@10 (demo|test)\b/, '.ci/run, from a clean clone'],
  [/ser datasets download/, 'needs the network: datasets.test.ts runs it against a local server'],
  [/ser encoders download/, 'needs the network: encoders.test.ts runs it against a local server'],
  [/--recipe encoder/, 'needs what that downloads: the lines with --from are the same training'],
  [/ser cross-validate/, 'fifteen trainings: the tests of the trainer run it small'],
  [/ser calibrate/, 'takes those fifteen: calibrate-on-folds.test.ts runs it on small ones'],
];

const folder = makeTemporaryFolder();

function makeExecutable(name: string, lines: readonly string[]): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
}

/** An encoder with random weights, where the pages have the shipped model with its own. */
async function makeEncoder(): Promise<Uint8Array> {
  const fixtures = join(root, 'packages/encoders/test/fixtures');
  const read = async (file: string): Promise<Uint8Array> =>
    readFileSync(
      join(fixtures, file === 'config.json' ? 'whisper.config.json' : 'whisper.safetensors'),
    );
  const weights = { name: 'random', files: ['config.json', 'model.safetensors'], read };
  const about = { name: 'random', licence: 'MIT', languages: [], source: 'random numbers' };
  return importWhisper(weights, about);
}

/** Lays out what the pages speak of: a synthetic RAVDESS, recordings of one's own, and a voice. */
beforeAll(async () => {
  for (const name of ['bin', 'examples', 'recordings', 'models']) mkdirSync(join(folder, name));
  // `pnpm ser` of the checkout installs first; here it is the same command without that.
  makeExecutable('pnpm', [
    '#!/bin/sh',
    '[ "$1" = ser ] || exit 99',
    `shift; exec "${process.execPath}" "${serPath}" "$@"`,
  ]);
  makeExecutable('npx', [
    '#!/bin/sh',
    '[ "$1 $2" = "-y pnpm@10" ] || exit 99',
    'shift 2; exec pnpm "$@"',
  ]);
  const voice = join(root, 'examples', 'voice.wav');
  for (const name of [
    'examples/voice.wav',
    'voice.wav',
    'talk.wav',
    'recordings/one.wav',
    'recordings/two.wav',
  ]) {
    copyFileSync(voice, join(folder, name));
  }
  writeFileSync(join(folder, 'models/model.onnx'), await makeEncoder());
  const emotions = ['happy', 'sad'] as const;
  const clips = await writeSyntheticCorpus(join(folder, 'synthetic'), {
    ...{ speakers: 24, clipsPerEmotion: 1, emotions },
  });
  for (const clip of clips) {
    const [, label, speaker] = /(\w+)\/s(\d+)_\d+\.wav$/.exec(clip)!;
    const actor = speaker!.padStart(2, '0');
    const target = join(folder, 'data', 'ravdess', `Actor_${actor}`);
    mkdirSync(target, { recursive: true });
    const code = label === 'happy' ? '03' : '04';
    copyFileSync(clip, join(target, `03-01-${code}-01-01-01-${actor}.wav`));
  }
  await writeSyntheticCorpus(join(folder, 'data', 'mine'), {
    ...{ speakers: 6, clipsPerEmotion: 2, emotions },
  });
});

function listCommands(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!.split('\n'),
  );
  return lines.filter((line) => line.trim() && !notRun.some(([pattern]) => pattern.test(line)));
}

it.each(['README.md', 'docs/training.md'])(
  'every command of %s does what it says',
  async (page) => {
    const commands = listCommands(page);
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      const { exitCode, stderr, stdout } = await runCommand(
        'bash',
        ['-eo', 'pipefail', '-c', command],
        {
          cwd: folder,
          env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
        },
      );
      expect({ command, exitCode, stderr, stdout: exitCode === 0 ? '' : stdout }).toEqual({
        ...{ command, exitCode: 0, stderr: '', stdout: '' },
      });
    }
  },
  240_000,
);

it('the pages’ files are there afterwards', () => {
  expect(readdirSync(join(folder, 'runs')).sort()).toEqual([
    'adapted',
    'first',
    'mine',
    'own',
    'own-head',
    'random',
    'strangers',
    'whole',
  ]);
  expect(readFileSync(join(folder, 'talk.vtt'), 'utf8')).toMatch(/^WEBVTT\n/);
  expect(readFileSync(join(folder, 'emotions.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
  expect(existsSync(join(folder, 'small.onnx'))).toBe(true);
});
