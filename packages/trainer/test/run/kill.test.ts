import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/random.ts';
import { runFiles, writeRunSettings } from '../../src/run/run-folder.ts';
import { makeSyntheticCorpus, tinyRecipe } from './tiny-run.ts';

/** SIGKILLs, as many more as it takes until one hits a file half written; `test:real` has time for more. */
const kills = process.env.SER_THOROUGH ? 20 : 3;

/** Most epochs that a run comes forward before it is killed, but for a few that the kill is late. */
const longestStretch = 3;

/** The program that cross-validation gives each run to, from the built package. */
const program = new URL('../../dist/run/run-job.js', import.meta.url);

function startJob(directory: string): { child: ChildProcess; ended: Promise<unknown[]> } {
  const child = fork(program, [directory, '1'], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return { child, ended: once(child, 'exit') };
}

/** When a run is killed, in turn. */
const moments = {
  'starting up': (kill: () => void, { random }: Moment) => {
    setTimeout(kill, random.uniform(0, 1500));
  },
  'some epochs later': (kill: () => void, { random, child }: Moment) => {
    let epochs = 1 + random.integer(longestStretch);
    const delayMs = random.uniform(0, 60);
    child.on('message', () => {
      if (--epochs === 0) setTimeout(kill, delayMs);
    });
  },
  'writing a checkpoint': (kill: () => void, { random, child, directory }: Moment) => {
    let writes = 1 + random.integer(longestStretch);
    const watcher = watch(directory, (_, name) => {
      if (isTemporary(name ?? '') && --writes === 0) kill();
    });
    child.on('exit', () => watcher.close());
  },
};

interface Moment {
  random: Random;
  child: ChildProcess;
  directory: string;
}

function isTemporary(name: string): boolean {
  return name.endsWith('.tmp');
}

async function killAt(
  moment: keyof typeof moments,
  directory: string,
  random: Random,
): Promise<void> {
  const { child, ended } = startJob(directory);
  moments[moment](() => child.kill('SIGKILL'), { random, child, directory });
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
      // A checkpoint that takes a moment to write.
      model: { ...tinyRecipe.model, lstmUnits: [32] },
      training: { ...training, epochs: 12 + kills * 2 * longestStretch },
    };
    const settings = {
      ...{ data: [corpus], recipe, protocol: 'random' as const },
      ...{ seed: 0, fold: null, splitFile: null },
    };
    const [unbroken, broken] = [join(directory, 'unbroken'), join(directory, 'broken')];
    for (const run of [unbroken, broken]) await writeRunSettings(run, settings);
    expect((await startJob(unbroken).ended)[0]).toBe(0);
    const random = createRandom(1);
    const names = Object.keys(moments) as (keyof typeof moments)[];
    let cutOff = 0;
    for (let kill = 0; kill < kills || cutOff === 0; kill++) {
      await killAt(names[kill % names.length]!, broken, random);
      if ((await readdir(broken)).some(isTemporary)) cutOff++;
    }
    expect((await startJob(broken).ended)[0]).toBe(0);
    expect(await readOutcome(broken)).toEqual(await readOutcome(unbroken));
    expect((await readdir(broken)).sort()).toEqual((await readdir(unbroken)).sort());
  },
  60_000 + kills * 30_000,
);
