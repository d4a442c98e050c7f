import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/random.ts';
import { runFiles, writeRunSettings } from '../../src/run/run-folder.ts';
import { makeSyntheticCorpus, tinyRecipe } from './tiny-run.ts';

/** SIGKILLs at random moments; `test:real` has time for more. */
const kills = process.env.SER_THOROUGH ? 20 : 3;

/** Most epochs that a run comes forward before it is killed, but for a few that the kill is late. */
const longestStretch = 3;

/** The program that cross-validation gives each run to, from the built package. */
const program = new URL('../../dist/run/run-job.js', import.meta.url);

function startJob(directory: string): { child: ChildProcess; ended: Promise<unknown[]> } {
  const child = fork(program, [directory, '1'], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return { child, ended: once(child, 'exit') };
}

/** Kills a run while it starts up, or some epochs later: in training or while it writes. */
async function killAtRandom(directory: string, random: Random): Promise<void> {
  const { child, ended } = startJob(directory);
  const kill = (): boolean => child.kill('SIGKILL');
  const isAtStart = random.next() < 0.2;
  const delayMs = random.uniform(0, isAtStart ? 1500 : 60);
  if (isAtStart) setTimeout(kill, delayMs);
  let epochs = 1 + random.integer(longestStretch);
  child.on('message', () => {
    if (--epochs === 0) setTimeout(kill, delayMs);
  });
  expect((await ended)[1]).toBe('SIGKILL');
}

/** Everything of a checkpoint but the times of its epochs. */
async function readOutcome(directory: string) {
  const bytes = await readFile(join(directory, runFiles.checkpoint));
  const headerEnd = 4 + bytes.readUInt32LE(0);
  const { state, tensors } = JSON.parse(bytes.toString('utf8', 4, headerEnd));
  for (const log of state.history) delete log.durationSec;
  return { state, tensors, values: bytes.subarray(headerEnd).toString('base64') };
}

it(
  `killed ${kills} times at random moments and resumed, ends with the unbroken weights`,
  async () => {
    const { directory, corpus } = await makeSyntheticCorpus();
    const { training } = tinyRecipe;
    const recipe = {
      ...tinyRecipe,
      training: { ...training, epochs: 10 + kills * 2 * longestStretch },
    };
    const settings = {
      ...{ data: [corpus], recipe, protocol: 'random' as const },
      ...{ seed: 0, fold: null, splitFile: null },
    };
    const [unbroken, broken] = [join(directory, 'unbroken'), join(directory, 'broken')];
    for (const run of [unbroken, broken]) await writeRunSettings(run, settings);
    expect((await startJob(unbroken).ended)[0]).toBe(0);
    const random = createRandom(1);
    for (let kill = 0; kill < kills; kill++) await killAtRandom(broken, random);
    expect((await startJob(broken).ended)[0]).toBe(0);
    expect(await readOutcome(broken)).toEqual(await readOutcome(unbroken));
  },
  60_000 + kills * 30_000,
);
