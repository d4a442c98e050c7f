import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { badClips as badFiles } from '../support/bad-clips.ts';
import { type CommandResult, root, runCommand, runSer, serPath } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const inFolder = (name: string) => join(folder, name);

/** Every clip that must fail. */
const badClips = [
  { name: 'missing.wav', bytes: null, code: 'FILE_NOT_FOUND', reason: /no such file/ },
  ...badFiles,
];

let goodClips: string[];

beforeAll(async () => {
  for (const { name, bytes } of badClips) {
    if (bytes) await writeFile(inFolder(name), bytes);
  }
  goodClips = await writeSyntheticCorpus(inFolder('corpus'), {
    speakers: 1,
    clipsPerEmotion: 1,
    emotions: ['happy', 'sad'],
  });
});

/** One sentence that begins with `ser:`, holds every part, and shows no stack. */
function expectOneSentence(stderr: string, ...parts: (string | RegExp)[]): void {
  expect(stderr).toMatch(/^ser: [^\n]*\.\n$/);
  for (const part of parts) expect(stderr).toMatch(part);
  expect(stderr).not.toMatch(/unexpected|^\s+at /m);
}

describe('a clip that cannot be read', () => {
  it.each(badClips)('$name: predict', async ({ name, reason }) => {
    const { exitCode, stdout, stderr } = await runSer(['predict', inFolder(name)]);
    expectOneSentence(stderr, inFolder(name), reason);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it.each(badClips)('$name: features', async ({ name, reason }) => {
    const out = inFolder('features.npy');
    const { exitCode, stdout, stderr } = await runSer(['features', inFolder(name), '--out', out]);
    expectOneSentence(stderr, inFolder(name), reason);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it('costs no other clip of the call its result', async () => {
    const bad = badClips.map(({ name }) => inFolder(name));
    const [first, second] = goodClips as [string, string];
    const { exitCode, stdout, stderr } = await runSer(['predict', first, ...bad, second]);
    expect(exitCode).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    [first, second].forEach((file, at) => {
      expect(lines[at]).toMatch(/^Predicted Emotion: [a-z]+ \(Confidence: [01]\.\d\d\) {2}/);
      expect(lines[at]).toContain(file);
    });
    const complaints = stderr.trimEnd().split('\n');
    expect(complaints.pop()).toBe(`ser: ${bad.length} of ${bad.length + 2} clips failed.`);
    expect(complaints).toHaveLength(bad.length);
    for (const [at, complaint] of complaints.entries()) {
      expectOneSentence(`${complaint}\n`, bad[at]!, badClips[at]!.reason);
    }
  });

  it('is an entry of the JSON array, in its place', async () => {
    const bad = badClips.map(({ name }) => inFolder(name));
    const [first, second] = goodClips as [string, string];
    const { exitCode, stdout } = await runSer(['predict', first, ...bad, second, '--json']);
    expect(exitCode).toBe(1);
    const outcomes = JSON.parse(stdout);
    expect(outcomes).toEqual([
      expectPrediction(first),
      ...badClips.map(({ name, code, reason }) => ({
        file: inFolder(name),
        error: { code, message: expect.stringMatching(reason) },
      })),
      expectPrediction(second),
    ]);
    const sum = Object.values<number>(outcomes[0].probabilities).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 5);
  });
});

function expectPrediction(file: string): object {
  return {
    file,
    label: expect.any(String),
    confidence: expect.any(Number),
    probabilities: expect.any(Object),
    uncertain: expect.toBeOneOf([null, expect.any(Object)]),
  };
}

describe('a model file that is not ours', () => {
  it.each([
    ['missing.onnx', null, /no such file/],
    ['empty.onnx', '', /0 bytes/],
    ['text.onnx', 'not a model', /not an ONNX file/],
    [
      'foreign.onnx',
      join(root, 'packages/runtime/test/fixtures/no-manifest.onnx'),
      /not one of this project: its metadata has no 'ser.manifest'/,
    ],
  ])('%s', async (name, content, reason) => {
    const model = inFolder(name);
    if (content?.endsWith('.onnx')) await cp(content, model);
    else if (content !== null) await writeFile(model, content);
    for (const args of [
      ['predict', goodClips[0]!, '--model', model],
      ['predict', goodClips[0]!, '--model', model, '--json'],
      ['evaluate', '--data', inFolder('corpus'), '--model', model],
    ]) {
      const { exitCode, stdout, stderr } = await runSer(args);
      expectOneSentence(stderr, model, reason);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    }
  });
});

describe('a dataset folder that cannot be used', () => {
  const evaluate = (data: string): Promise<CommandResult> => runSer(['evaluate', '--data', data]);
  const train = (data: string): Promise<CommandResult> =>
    runSer(['train', '--data', data, '--out', inFolder('run')]);

  it.each([
    ['evaluate', evaluate],
    ['train', train],
  ])('%s: an unknown label folder', async (_, command) => {
    await mkdir(inFolder('labels/angry'), { recursive: true });
    await mkdir(inFolder('labels/purple'), { recursive: true });
    await cp(goodClips[0]!, inFolder('labels/angry/a.wav'));
    await cp(goodClips[1]!, inFolder('labels/purple/b.wav'));
    const { exitCode, stdout, stderr } = await command(inFolder('labels'));
    expectOneSentence(stderr, inFolder('labels'), /no known label: purple/, /known: neutral/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it.each([
    ['evaluate', evaluate],
    ['train', train],
  ])('%s: a folder that is missing', async (_, command) => {
    const { exitCode, stderr } = await command(inFolder('nowhere'));
    expectOneSentence(stderr, inFolder('nowhere'));
    expect(exitCode).toBe(1);
  });

  it('a bad clip among good ones is left out by name', async () => {
    await cp(inFolder('corpus'), inFolder('mixed'), { recursive: true });
    await cp(inFolder('nan.wav'), inFolder('mixed/happy/nan.wav'));
    const { exitCode, stdout, stderr } = await runSer([
      'evaluate',
      ...['--data', inFolder('mixed'), '--json'],
    ]);
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout).n).toBe(2);
    expectOneSentence(stderr, inFolder('mixed/happy/nan.wav'), /NaN/);
  });
});

describe('wrong usage', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['shout']],
    ['predict without a clip', ['predict']],
    ['a timeline of two recordings', ['predict', 'a.wav', 'b.wav', '--timeline']],
    ['a format without a timeline', ['predict', 'a.wav', '--format', 'vtt']],
    ['a timeline in two formats', ['predict', 'a.wav', '--timeline', '--json', '--format', 'csv']],
    ['clips and a list of clips', ['predict', 'a.wav', '--from-list', 'b.txt']],
    ['no label of a clip', ['predict', 'a.wav', '--top', '0']],
    ['the likeliest labels of a timeline', ['predict', 'a.wav', '--timeline', '--top', '2']],
    ['a format that does not exist', ['predict', 'a.wav', '--format', 'xml']],
    ['standard input twice', ['predict', '-', '-']],
    ['a split and a protocol', ['train', '--data', 'x', '--split', 'y', '--protocol', 'random']],
    ['datasets without a command', ['datasets']],
    ['an unknown option', ['predict', 'a.wav', '--louder']],
    ['an option without its value', ['predict', 'a.wav', '--model']],
    ['train without data', ['train']],
    ['train for no epoch', ['train', '--data', 'x', '--epochs', '0']],
    ['a seed that is no number', ['train', '--data', 'x', '--seed', 'soon']],
    ['a protocol that does not exist', ['train', '--data', 'x', '--protocol', 'luck']],
    ['settings for a run that has its own', ['train', '--resume', 'x', '--epochs', '3']],
    ['evaluate without data', ['evaluate']],
    ['export without a run', ['export-onnx']],
    ['features without a file to write', ['features', 'a.wav']],
    ['a trim that is no level', ['features', 'a.wav', '--out', 'x.npy', '--trim', 'loud']],
  ])('%s ends with exit code 2', async (_, args) => {
    const { exitCode, stdout, stderr } = await runSer(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^(ser: |Usage: ser )/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('an impossible fold is wrong usage too, though only the corpus shows it', async () => {
    const { exitCode, stderr } = await runSer([
      ...['train', '--data', inFolder('corpus'), '--out', inFolder('fold-run')],
      ...['--protocol', 'random', '--fold', '3'],
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('ser: fold is 3; random has no folds.\n');
  });

  it('a recipe or settings file with a wrong content is no wrong usage', async () => {
    await writeFile(inFolder('settings.json'), '{ "hopLength": -1 }');
    const features = await runSer([
      ...['features', goodClips[0]!, '--out', inFolder('f.npy')],
      ...['--config', inFolder('settings.json')],
    ]);
    expectOneSentence(features.stderr, inFolder('settings.json'), /hopLength is -1/);
    expect(features.exitCode).toBe(1);

    await writeFile(inFolder('recipe.json'), '{ "name": "x" }');
    const training = await runSer([
      ...['train', '--data', inFolder('corpus'), '--recipe', inFolder('recipe.json')],
    ]);
    expectOneSentence(training.stderr, inFolder('recipe.json'));
    expect(training.exitCode).toBe(1);
  });
});

describe('a place that cannot be written', () => {
  it('is named, in one sentence', async () => {
    const out = inFolder('no-such-folder/x.npy');
    const { exitCode, stderr } = await runSer(['features', goodClips[0]!, '--out', out]);
    expectOneSentence(stderr, out);
    expect(exitCode).toBe(1);
  });

  it('holds what no demo made: the demo touches nothing', async () => {
    await mkdir(inFolder('mine/corpus'), { recursive: true });
    await writeFile(inFolder('mine/corpus/thesis.txt'), 'years of work');
    await cp(inFolder('corpus'), inFolder('edited/corpus'), { recursive: true });
    await writeFile(inFolder('edited/corpus/notes.txt'), 'my own');
    for (const name of ['mine', 'edited']) {
      const { exitCode, stderr } = await runSer(['demo', '--out', inFolder(name)]);
      expectOneSentence(stderr, inFolder(`${name}/corpus`), /did not make/);
      expect(exitCode).toBe(1);
    }
  });
});

it('a reader that closes the pipe early is no failure', async () => {
  const clips = Array.from({ length: 6 }, () => goodClips[0]!);
  const script = `set -o pipefail; "$0" "$@" | head -1`;
  const { exitCode, stdout, stderr } = await runCommand('bash', [
    ...['-c', script, process.execPath, serPath, 'predict', ...clips],
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Predicted Emotion: /);
});
