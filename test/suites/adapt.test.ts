import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyLabelBias, readModelFile } from '@ser/runtime';
import { writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, expect, it } from 'vitest';
import { readSerJson, readSerOutput, runSer } from '../support/run-ser.ts';
import { ServeProcess } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');
const adapted = join(folder, 'adapted.onnx');
let clips: string[];
let printed: string;
/** A model that cannot be told who speaks: its labels are balanced. */
const small = ['--model', 'small'];

interface Entry {
  file: string;
  label: string;
  probabilities: Record<string, number>;
}

beforeAll(async () => {
  clips = await writeSyntheticCorpus(corpus, {
    ...{ speakers: 2, clipsPerEmotion: 2, emotions: ['happy', 'sad', 'angry'] },
  });
  printed = await readSerOutput(['adapt', corpus, ...small, '--out', adapted]);
});

it('tells a model with an encoder of the voice, and nothing of the labels', async () => {
  const out = join(folder, 'voice.onnx');
  const speaker = clips.filter((path) => path.includes('/s01_')).sort();
  expect(speaker).toHaveLength(clips.length / 2);
  await readSerOutput(['adapt', ...speaker, '--out', out]);
  const { adaptation, speaker: prior } = readModelFile(await readFile(out));
  expect(adaptation).toEqual({ clips: speaker.length });
  expect(prior).toEqual({ corpora: 3 });
  // What --one-speaker says of a clip, it says by the others; the adapted model by the clip as well.
  const own = await readSerJson<Entry[]>(['predict', ...speaker, '--json', '--model', out]);
  const plain = await readSerJson<Entry[]>(['predict', ...speaker, '--json']);
  const told = await readSerJson<Entry[]>(['predict', ...speaker, '--json', '--one-speaker']);
  const distance = (a: Entry[], b: Entry[]) =>
    Math.max(
      ...a.flatMap(({ probabilities }, at) =>
        Object.entries(probabilities).map(([label, share]) =>
          Math.abs(share - b[at]!.probabilities[label]!),
        ),
      ),
    );
  expect(distance(own, plain)).toBeGreaterThan(0.02);
  expect(distance(told, plain)).toBeGreaterThan(0.02);
  expect(distance(told, own)).toBeLessThan(distance(told, plain));

  const pattern = ['--speaker-from', '/(s\\d+)_', '--json'];
  const named = await readSerJson<Entry[]>(['predict', corpus, ...pattern]);
  expect(named.map(({ file }) => file)).toEqual(clips.toSorted());
  const same = named.filter(({ file }) => speaker.includes(file));
  expect(distance(same, told)).toBeLessThan(1e-5);

  await readSerOutput(['adapt', ...speaker, '--balance', '--out', out]);
  expect(readModelFile(await readFile(out)).adaptation!.labelBias).toHaveLength(8);
});

it('writes a model that gives the same clips balanced labels', async () => {
  const before = await readSerJson<Entry[]>(['predict', corpus, '--json', ...small]);
  const after = await readSerJson<Entry[]>(['predict', corpus, '--json', '--model', adapted]);
  const { adaptation, labels } = readModelFile(await readFile(adapted));
  expect(adaptation!.clips).toBe(clips.length);
  before.forEach(({ probabilities }, at) => {
    const expected = applyLabelBias(Object.values(probabilities), adaptation!.labelBias!);
    const actual = Object.values(after[at]!.probabilities);
    actual.forEach((share, label) => {
      expect(share).toBeCloseTo(expected[label]!, 5);
    });
  });
  const spread = (entries: Entry[]) => {
    const means = labels.map(
      (label) =>
        entries.reduce((sum, entry) => sum + entry.probabilities[label]!, 0) / clips.length,
    );
    return Math.max(...means) - Math.min(...means);
  };
  expect(spread(after)).toBeLessThan(0.8 * spread(before));
});

it('says how probable each label was and is', () => {
  expect(printed).toMatch(/on average of 12 clips:\n\nlabel +% before +% after\nneutral /);
  expect(printed).toMatch(/\nModel: .*adapted\.onnx\n$/);
});

it('writes a model that is served as it predicts', async () => {
  const [entry] = await readSerJson<Entry[]>(['predict', clips[0]!, '--json', '--model', adapted]);
  const server = await ServeProcess.start(['--model', adapted]);
  const { status, body } = await server.post('/v1/predict', await readFile(clips[0]!));
  expect(status).toBe(200);
  expect(body.probabilities).toEqual(entry!.probabilities);
  expect(await server.stop()).toBe(0);
});

it('takes labels away that do not occur', async () => {
  const out = join(folder, 'two.onnx');
  await readSerOutput(['adapt', corpus, '--out', out, '--labels', 'happy', 'sad']);
  const entries = await readSerJson<Entry[]>(['predict', corpus, '--json', '--model', out]);
  expect(entries.every(({ label }) => ['happy', 'sad'].includes(label))).toBe(true);
});

it('leaves out a clip that cannot be read, and names it', async () => {
  const broken = join(folder, 'broken.wav');
  await writeFile(broken, 'no audio');
  const out = join(folder, 'rest.onnx');
  const { exitCode, stderr } = await runSer(['adapt', broken, clips[0]!, '--out', out]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^ser: left out: .*broken\.wav/);
  expect(readModelFile(await readFile(out)).adaptation!.clips).toBe(1);
  const none = await runSer(['adapt', broken, '--out', join(folder, 'none.onnx')]);
  expect(none.exitCode).toBe(1);
  expect(none.stderr).toMatch(/None of the 1 clips could be read and holds speech/);
});

it.each([
  [['--labels', 'happy', 'glad'], /--labels has glad; the model knows neutral, calm/],
  [['--labels', 'happy'], /leaves 1 of 8 labels/],
  [['--model', adapted], /balanced by 12 clips already/],
] as [string[], RegExp][])('refuses %j', async (args, message) => {
  const out = join(folder, 'refused.onnx');
  const { exitCode, stderr } = await runSer(['adapt', corpus, '--out', out, ...args]);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
  await expect(readFile(out)).rejects.toThrow('ENOENT');
});
