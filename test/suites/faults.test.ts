import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSerOutput, runCommand, runSer, serPath } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { tinyRecipe } from '../support/tiny-recipe.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');
const recipe = join(folder, 'tiny.json');
const unbroken = join(folder, 'unbroken', 'run');

const listTrainArguments = (out: string): string[] => [
  ...['train', '--data', corpus, '--recipe', recipe, '--protocol', 'speaker-kfold', '--json'],
  ...['--out', out],
];

beforeAll(async () => {
  await writeSyntheticCorpus(corpus, { speakers: 6, clipsPerEmotion: 2, emotions });
  writeFileSync(recipe, JSON.stringify(tinyRecipe));
  await readSerOutput(listTrainArguments(unbroken));
});
const emotions = ['neutral', 'happy', 'angry'] as const;

/** Whether this machine lets a process have a small disk of its own. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A training, as a shell command, whose folder takes no more than `bytes`, and that leaves `out`. */
const limits = [
  {
    name: 'files of a limited size',
    reason: /EFBIG/,
    share: 0.7,
    command: (out: string, bytes: number, train: (out: string) => string) =>
      `ulimit -f ${Math.floor(bytes / 1024)}; exec ${train(out)}`,
  },
  ...(canMount()
    ? [
        {
          name: 'a full disk',
          reason: /ENOSPC/,
          // The first checkpoint fits, a second beside it does not.
          share: 1.7,
          command: (out: string, bytes: number, train: (out: string) => string) => {
            const disk = join(dirname(out), 'disk');
            const mount = `mkdir -p ${disk} && mount -t tmpfs -o size=${bytes} tmpfs ${disk}`;
            const inside = `${mount} && ${train(join(disk, basename(out)))}; code=$?; cp -r ${disk}/. ${dirname(out)}; exit $code`;
            return `exec unshare -rm bash -c '${inside}'`;
          },
        },
      ]
    : []),
];

describe.each(limits)('$name', ({ name, reason, share, command }) => {
  it('ends with the reason, and the training goes on once there is room', async () => {
    const out = join(folder, name.replaceAll(' ', '-'), 'run');
    const { size } = statSync(join(unbroken, 'checkpoint.bin'));
    const train = (directory: string) =>
      [process.execPath, serPath, ...listTrainArguments(directory)].join(' ');
    const shell = command(out, Math.round(share * size), train);
    const { exitCode, stderr } = await runCommand('bash', ['-c', shell]);
    expect(stderr).toMatch(/^ser: \S+checkpoint\.bin could not be written: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
    expect(exitCode).toBe(1);
    expect(readdirSync(out).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    expect(existsSync(join(out, 'checkpoint.bin'))).toBe(share > 1);
    await readSerOutput(['train', '--resume', out, '--json']);
    for (const file of ['model.onnx', 'predictions.csv']) {
      expect(readFileSync(join(out, file)).equals(readFileSync(join(unbroken, file)))).toBe(true);
    }
  });
});

it('a loss that is no number ends the training and names the clips of the batch', async () => {
  const wild = join(folder, 'wild.json');
  const training = { ...tinyRecipe.training, learningRate: 1e30, gradientClipNorm: null };
  writeFileSync(wild, JSON.stringify({ ...tinyRecipe, training }));
  const { exitCode, stderr } = await runSer([
    ...['train', '--data', corpus, '--recipe', wild, '--protocol', 'speaker-kfold'],
    ...['--out', join(folder, 'wild'), '--json'],
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^ser: The loss became (NaN|Infinity) in epoch \d; lower the learning rate[^\n]+\n$/,
  );
  expect(stderr).toMatch(/of the batch: synthetic\/(neutral|happy|angry)\/\S+\.wav/);
});
