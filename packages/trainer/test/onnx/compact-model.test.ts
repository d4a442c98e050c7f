import { fileURLToPath } from 'node:url';
import { type Classifier, createClassifier, readModelFile, SerError } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compactModel } from '../../src/onnx/compact-model.ts';
import { readFloat32Model } from './read-float32-model.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const bytes = readFloat32Model();
const clips = ['mono.flac', 'pcm16.wav', 'stereo.ogg', 'stereo.mp3', 'stereo.opus'].map(
  (name) => `${root}packages/runtime/test/fixtures/clips/${name}`,
);

describe.each([
  ['float16', 0.52, 5e-3],
  ['int8', 0.28, 0.05],
] as const)('%s', (precision, mostSize, mostDifference) => {
  const compact = compactModel(bytes, precision);
  let reference: Classifier;
  let classifier: Classifier;
  beforeAll(async () => {
    reference = await createClassifier(bytes);
    classifier = await createClassifier(compact);
  });
  afterAll(async () => {
    await reference.dispose();
    await classifier.dispose();
  });

  it('is small', () => {
    expect(compact.length / bytes.length).toBeLessThan(mostSize);
  });

  it('says the same of itself, and how it is stored', () => {
    expect(readModelFile(compact)).toEqual({ ...readModelFile(bytes), precision });
  });

  it('predicts nearly the same, alone and in a batch', async () => {
    for (const clip of clips) {
      const { probabilities } = await classifier.predict(clip);
      const expected = (await reference.predict(clip)).probabilities;
      for (const label of reference.labels) {
        const difference = Math.abs(probabilities[label]! - expected[label]!);
        expect(difference).toBeLessThan(mostDifference);
      }
    }
  });
});

it('leaves float32 as it is, and refuses what is no model', () => {
  expect(compactModel(bytes, 'float32')).toBe(bytes);
  expect(() => compactModel(Uint8Array.of(1, 2, 3), 'int8')).toThrow(SerError);
});
