import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeChain } from '../support/chain-suite.ts';
import { listTestPredictions, readRun } from '../support/read-run.ts';
import { readSerOutput, runSer } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');
const run = join(folder, 'unbroken', 'run');
const epochs = 4;

function listTrainArguments(out: string): string[] {
  return [
    ...['train', '--data', corpus, '--recipe', 'demo', '--protocol', 'speaker-kfold'],
    ...['--epochs', String(epochs), '--out', out, '--json'],
  ];
}

interface LoggedEvent {
  type: string;
  epoch?: number;
  test?: { accuracy: number };
}

function parseEvents(stdout: string): LoggedEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LoggedEvent);
}

let events: LoggedEvent[];

beforeAll(async () => {
  await writeSyntheticCorpus(corpus, { speakers: 6, clipsPerEmotion: 4 });
  events = parseEvents(await readSerOutput(listTrainArguments(run)));
});

describe('a training on synthetic speech, through the command line', () => {
  describeChain(() => ({ corpus, run }));

  it('logs every epoch and the scores', () => {
    expect(events.filter(({ type }) => type === 'epoch').map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: epochs }, (_, at) => at + 1),
    );
    const finished = events.find(({ type }) => type === 'finished')!;
    expect(finished.test!.accuracy).toBe(readRun(run).evaluations.test!.accuracy);
  });

  it('is a row of the results page, made from its folder alone', async () => {
    const page = join(folder, 'results.md');
    expect(await readSerOutput(['results', run, '--out', page])).toBe(`${page}\n`);
    const { uar } = readRun(run).evaluations.test!;
    expect(readFileSync(page, 'utf8')).toContain((100 * uar).toFixed(1));
  });

  it('is labelled synthetic in the report', () => {
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toMatch(/synthetic/i);
  });

  it('interrupted and resumed, ends in the same bytes', async () => {
    const out = join(folder, 'broken', 'run');
    const interrupted = await runSer(listTrainArguments(out), {
      onOutput: (text, child) => {
        if (text.includes('"epoch":2,')) child.kill('SIGINT');
      },
    });
    expect(interrupted.exitCode).toBe(1);
    expect(interrupted.stderr).toMatch(/^ser: [^\n]+ser train --resume [^\n]+\n$/);
    expect(interrupted.stderr).toContain(out);
    expect(existsSync(join(out, 'model.onnx'))).toBe(false);

    const resumed = parseEvents(await readSerOutput(['train', '--resume', out, '--json']));
    const repeated = resumed.filter(({ type, epoch }) => type === 'epoch' && epoch! <= 2);
    expect(repeated).toEqual([]);
    const bytes = readFileSync(join(out, 'model.onnx'));
    expect(bytes.equals(readFileSync(join(run, 'model.onnx')))).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('TensorFlow', () => {
  async function listLibraries(args: readonly string[]): Promise<string[]> {
    const list = join(folder, 'libraries.txt');
    const recorder = new URL('../support/record-libraries.mjs', import.meta.url).href;
    const { exitCode, stderr } = await runSer(args, {
      env: { NODE_OPTIONS: `--import=${recorder}`, SER_TEST_LIBRARIES: list },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return readFileSync(list, 'utf8').split('\n');
  }

  it('is loaded to train and export', async () => {
    const libraries = await listLibraries([
      ...['export-onnx', '--run', run, '--out', join(folder, 'exported.onnx')],
    ]);
    expect(libraries.filter((path) => path.includes('libtensorflow'))).not.toEqual([]);
  });

  it('is not loaded to predict, evaluate or compute features', async () => {
    const [clip] = listTestPredictions(run);
    const model = ['--model', join(run, 'model.onnx')];
    for (const args of [
      ['predict', clip!.path, ...model],
      ['evaluate', '--data', corpus, ...model],
      ['features', clip!.path, '--out', join(folder, 'x.npy')],
    ]) {
      const libraries = await listLibraries(args);
      expect(libraries.filter((path) => /tensorflow|tfjs/.test(path))).toEqual([]);
      expect(libraries.filter((path) => path.includes('/node'))).not.toEqual([]);
    }
  });
});
