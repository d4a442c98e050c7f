import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFile } from '@ser/runtime';
import { expect, it } from 'vitest';
import { listTestPredictions, readRun } from './read-run.ts';
import { readSerJson, readSerOutput } from './run-ser.ts';

interface PredictEntry {
  file: string;
  label: string;
  confidence: number;
  probabilities: Record<string, number>;
}

/**
 * Declares the tests that training, report, export, evaluation and prediction tell one story.
 *
 * @param locate called once tests run; the corpus, and the folder of a finished run on it
 */
export function describeChain(locate: () => { corpus: string; run: string }): void {
  it('leaves settings, split, checkpoint, report, curves, confusion matrix and model', () => {
    const { run } = locate();
    for (const name of ['settings.json', 'split.json', 'checkpoint.bin', 'run.json']) {
      expect(readFileSync(join(run, name)).length).toBeGreaterThan(0);
    }
    const { labels } = readRun(run);
    expect(readFileSync(join(run, 'curves.svg'), 'utf8')).toMatch(/^<svg/);
    expect(readFileSync(join(run, 'confusion.svg'), 'utf8')).toMatch(/^<svg/);
    const report = readFileSync(join(run, 'report.html'), 'utf8');
    for (const label of labels) expect(report).toContain(label);
    expect(report).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
  });

  it('export-onnx writes the very file that the training wrote', async () => {
    const { run } = locate();
    const out = join(mkdtempSync(join(tmpdir(), 'ser-test-')), 'model.onnx');
    await readSerOutput(['export-onnx', '--run', run, '--out', out]);
    expect(readFileSync(out).equals(readFileSync(join(run, 'model.onnx')))).toBe(true);
  });

  it('evaluate gives the scores of the trainer’s own report', async () => {
    const { corpus, run } = locate();
    const scores = await readSerJson<Record<string, unknown>>([
      ...['evaluate', '--model', join(run, 'model.onnx'), '--data', corpus],
      ...['--split', join(run, 'split.json'), '--json'],
    ]);
    const own = readRun(run).evaluations.test!;
    expect(scores.labels).toEqual(own.labels);
    expect(scores.confusion).toEqual(own.confusion);
    expect(scores.n).toBe(own.n);
    expect(scores.accuracy).toBeCloseTo(own.accuracy, 6);
    expect(scores.uar).toBeCloseTo(own.uar, 6);
    expect(scores.macroF1).toBeCloseTo(own.macro.f1, 6);
  });

  it('predict says of every test clip what the trainer’s own model says', async () => {
    const { run } = locate();
    const own = listTestPredictions(run);
    const predictions = await readSerJson<PredictEntry[]>([
      ...['predict', ...own.map(({ path }) => path)],
      ...['--model', join(run, 'model.onnx'), '--json', '--no-speech-check'],
    ]);
    expect(predictions.map(({ file }) => file)).toEqual(own.map(({ path }) => path));
    for (const [at, { predicted, confidence }] of own.entries()) {
      const { probabilities, label } = predictions[at]!;
      expect(Math.abs(probabilities[predicted]! - confidence)).toBeLessThan(1e-5);
      expect(probabilities[label]! - probabilities[predicted]!).toBeLessThan(1e-5);
    }
  });

  it('the model file tells its labels, data and scores', () => {
    const { run } = locate();
    const { labels, corpora, evaluations } = readRun(run);
    const manifest = readModelFile(readFileSync(join(run, 'model.onnx')));
    expect(manifest.labels).toEqual(labels);
    expect(manifest.training.corpora.map(({ name }) => name)).toEqual(
      corpora.map(({ name }) => name),
    );
    expect(manifest.scores.find(({ split }) => split === 'test')).toMatchObject({
      clips: evaluations.test!.n,
      accuracy: evaluations.test!.accuracy,
    });
  });
}
