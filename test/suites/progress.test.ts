import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, expect, it } from 'vitest';
import { runCommand, runSer, serPath } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { tinyRecipe } from '../support/tiny-recipe.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');
const recipe = join(folder, 'tiny.json');
const epochs = tinyRecipe.training.epochs;

beforeAll(async () => {
  await writeSyntheticCorpus(corpus, { speakers: 4, clipsPerEmotion: 3 });
  writeFileSync(join(corpus, 'happy', 'noise.wav'), 'no sound at all');
  writeFileSync(recipe, JSON.stringify(tinyRecipe));
});

const listArguments = (name: string): string[] => [
  ...['train', '--data', corpus, '--recipe', recipe, '--protocol', 'speaker-kfold'],
  ...['--folds', '2', '--out', join(folder, name)],
];
const measures = String.raw`loss \d\.\d+ accuracy [01]\.\d+ `;
const pace = String.raw`\d+ clips/s, \d+ s left`;
const epochLine = new RegExp(
  String.raw`^Epoch \d/${epochs}  train ${measures} validation ${measures}UAR [01]\.\d+  \d+\.\d s, ${pace}$`,
);

it('on a terminal shows a bar with loss, accuracy, UAR, pace and time left', async () => {
  const terminal = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
  const command = [process.execPath, serPath, ...listArguments('terminal')];
  const { exitCode, stdout } = await runCommand('python3', ['-c', terminal, ...command], {
    env: { TERM: 'xterm', COLUMNS: '200' },
  });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Features [█░]+ \d+\/61, \d+s left/);
  expect(stdout).toMatch(new RegExp(`Epoch 1/${epochs} [█░]+ \\d+/\\d+, ${measures}`));
  expect(stdout).toMatch(
    new RegExp(`Epoch ${epochs}/${epochs} [█░]+ \\d+/\\d+, ${measures}UAR [01]\\.\\d+ ${pace}`),
  );
});

it('elsewhere prints a line an epoch and no bar, and says what was left out', async () => {
  const { exitCode, stdout, stderr } = await runSer(listArguments('plain'));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.split('\n');
  expect(lines.filter((line) => line.startsWith('Epoch'))).toHaveLength(epochs);
  for (const line of lines.filter((line) => line.startsWith('Epoch'))) {
    expect(line).toMatch(epochLine);
  }
  expect(stdout).toContain('Dataset: 60 clips, 1 left out, labels');
  expect(stdout).toContain(
    `  left out ${join(corpus, 'happy', 'noise.wav')}: The file is not audio`,
  );
  expect(stdout).not.toMatch(/[█░\r]/);
});

it('with --json prints an event a line and nothing else', async () => {
  const { exitCode, stdout, stderr } = await runSer([...listArguments('json'), '--json']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const types = ['dataset', 'split', ...new Array(epochs).fill('epoch'), 'finished'];
  expect(events.map(({ type }) => type)).toEqual(types);
  expect(events[0].skipped).toHaveLength(1);
  expect(events[2]).toMatchObject({ epoch: 1, epochs, clips: events[1].train });
});
