import { type Classifier, createClassifier, type Prediction } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelPath } from '../browser/clips.ts';
import { openTestPage } from '../browser/open-test-page.ts';
import { pickClips } from '../support/real-data.ts';

const tolerance = 1e-5;
const clips = [
  ...pickClips('ravdess', 14),
  ...pickClips('emodb', 12),
  ...pickClips('crema-d', 10),
  ...pickClips('ravdess-original', 4),
];

describe('the browser on 40 real clips', () => {
  const opened = openTestPage('worker-page', {
    files: {
      'model.onnx': modelPath,
      ...Object.fromEntries(clips.map((path, index) => [`clip-${index}`, path])),
    },
    ready: 'workerRuntime',
  });
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await createClassifier(modelPath);
  });
  afterAll(() => classifier?.dispose());

  it('gives the probabilities that Node gives, one at a time and in a batch', async () => {
    expect(clips).toHaveLength(40);
    const found = await opened.page.evaluate(async (count) => {
      const names = Array.from({ length: count }, (_, index) => `clip-${index}`);
      const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
        wasmUrl: window.wasmUrl,
      });
      const alone: Prediction[] = [];
      for (const name of names) alone.push(await classifier.predict(name));
      const batch = await classifier.predictBatch(names);
      await classifier.dispose();
      return { alone, batch };
    }, clips.length);
    for (const [index, path] of clips.entries()) {
      const expected = await classifier.predict(path);
      const outcome = found.batch[index]!;
      if (!outcome.ok) throw outcome.error;
      for (const { label, probabilities, durationSec } of [
        found.alone[index]!,
        outcome.prediction,
      ]) {
        expect(label).toBe(expected.label);
        expect(durationSec).toBe(expected.durationSec);
        for (const [name, value] of Object.entries(expected.probabilities)) {
          expect(Math.abs(probabilities[name]! - value), path).toBeLessThan(tolerance);
        }
      }
    }
  });
});
