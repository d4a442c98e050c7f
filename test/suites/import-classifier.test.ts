import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFloats, decodeModel, encodeModel } from '@ser/onnx';
import { createClassifier } from '@ser/runtime';
import { expect, it } from 'vitest';
import { readSerJson, readSerOutput, root, runSer } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const fixtures = join(root, 'packages/encoders/test/fixtures/exports');
const clip = join(fixtures, 'clip-1.wav');
const out = join(folder, 'own.onnx');
const labels = ['neutral', 'happy', 'angry', 'sad'];

/** A copy of a tiny classifier's export. */
function copyExport(name = 'wav2vec2-classifier'): string {
  const path = join(makeTemporaryFolder(), name);
  cpSync(join(fixtures, name), path, { recursive: true });
  return path;
}

it.each(['wav2vec2-classifier', 'whisper-classifier'])(
  'makes a model of %s that ser predicts with',
  async (name) => {
    const { exitCode, stdout } = await runSer([
      'import-classifier',
      join(fixtures, name),
      '--out',
      out,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`labels ${labels.join(', ')}.\nModel: ${out}`);
    const [given] = await readSerJson<{ probabilities: Record<string, number> }[]>([
      'predict',
      clip,
      '--model',
      out,
      '--json',
    ]);
    const expected = JSON.parse(readFileSync(join(fixtures, `${name}.expected.json`), 'utf8'));
    const logits: number[] = expected.logits[1];
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    labels.forEach((label, at) => {
      expect(given!.probabilities[label]).toBeCloseTo(Math.exp(logits[at]!) / total, 4);
    });
    const classifier = await createClassifier(out);
    const windows = [];
    const options = { windowSec: 1, hopSec: 0.25, speechCheck: false };
    for await (const { prediction } of classifier.timeline(clip, options)) {
      windows.push(prediction);
    }
    await classifier.dispose();
    expect(windows).toHaveLength(3);
    for (const prediction of windows) expect(labels).toContain(prediction?.label);
  },
);

it('says what may be wrong with a head', async () => {
  const path = copyExport();
  const file = join(path, 'model.onnx');
  const model = decodeModel(readFileSync(file));
  const zero = createFloats('classifier.bias', [4], new Float32Array(4));
  const initialisers = model.initialisers.map((tensor) =>
    tensor.name === zero.name ? zero : tensor,
  );
  writeFileSync(file, encodeModel({ ...model, initialisers }));
  const { exitCode, stderr } = await runSer(['import-classifier', path, '--out', out]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^ser: The bias of its last layer is zero throughout, [^\n]*\n/);
});

it('refuses a network that answers whatever it hears, and writes nothing', async () => {
  const path = copyExport();
  const file = join(path, 'model.onnx');
  const model = decodeModel(readFileSync(file));
  const initialisers = model.initialisers.map((tensor) =>
    tensor.name === 'classifier.weight'
      ? createFloats(tensor.name, tensor.shape, new Float32Array(tensor.data.length / 4))
      : tensor,
  );
  writeFileSync(file, encodeModel({ ...model, initialisers }));
  rmSync(out, { force: true });
  const { exitCode, stderr } = await runSer(['import-classifier', path, '--out', out]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ser: The imported classifier does not work: it gives the same probabilities whatever it hears.\n',
  );
  expect(existsSync(out)).toBe(false);
});

it('normalises where it is told to, and takes labels', async () => {
  const settings = ['--labels', 'a', 'b', 'c', 'd', '--no-normalise', '--name', 'mine'];
  const path = join(fixtures, 'wav2vec2-classifier');
  const printed = await readSerOutput(['import-classifier', path, ...settings, '--out', out]);
  expect(printed).toMatch(/^mine: wav2vec2, .* clips as they are, .* labels a, b, c, d\.$/m);
  const wrong = await runSer(['import-classifier', path, '--labels', 'a', 'b', '--out', out]);
  expect(wrong).toMatchObject({ exitCode: 1, stdout: '' });
  expect(wrong.stderr).toContain('4 classes for 2 labels');
});

it('refuses a folder that is not there', async () => {
  const { exitCode, stderr } = await runSer([
    'import-classifier',
    join(folder, 'no'),
    '--out',
    out,
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('There is no file or folder');
});
