import { fileURLToPath } from 'node:url';
import { applyLabelBias, createClassifier, readModelFile } from '@ser/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adaptModel } from '../../src/onnx/adapt-model.ts';
import { compactModel } from '../../src/onnx/compact-model.ts';
import { readFloat32Model } from './read-float32-model.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const bytes = readFloat32Model();
const clips = ['mono.flac', 'pcm16.wav', 'stereo.ogg'].map(
  (name) => `${root}packages/runtime/test/fixtures/clips/${name}`,
);
const { labels } = readModelFile(bytes);
const labelBias = labels.map((_, at) => at / 2 - 1);

async function open(model: Uint8Array) {
  const classifier = await createClassifier(model);
  onTestFinished(() => classifier.dispose());
  return classifier;
}

describe('adaptModel', () => {
  it.each([
    ['float32', (model: Uint8Array) => model],
    ['int8 before', (model: Uint8Array) => compactModel(model, 'int8')],
  ] as const)('gives the probabilities with the bias, %s', async (_, prepare) => {
    const plain = prepare(bytes);
    const [before, after] = [
      await open(plain),
      await open(adaptModel(plain, { clips: 9, labelBias })),
    ];
    for (const clip of clips) {
      const { probabilities } = await before.predict(clip);
      const expected = applyLabelBias(Object.values(probabilities), labelBias);
      const actual = Object.values((await after.predict(clip)).probabilities);
      actual.forEach((value, at) => {
        expect(value).toBeCloseTo(expected[at]!, 5);
      });
    }
  });

  it('tells of it in the manifest, and changes nothing else there', () => {
    const adapted = adaptModel(bytes, { clips: 9, labelBias });
    expect(readModelFile(adapted)).toEqual({
      ...readModelFile(bytes),
      adaptation: { clips: 9, labelBias },
    });
  });

  it('may be compacted afterwards', async () => {
    const adapted = adaptModel(bytes, { clips: 9, labelBias });
    const [whole, compact] = [await open(adapted), await open(compactModel(adapted, 'float16'))];
    const [a, b] = [await whole.predict(clips[0]!), await compact.predict(clips[0]!)];
    expect(b.confidence).toBeCloseTo(a.confidence, 2);
  });

  it('refuses a model that is adapted already, and a bias of other labels', () => {
    const adapted = adaptModel(bytes, { clips: 9, labelBias });
    expect(() => adaptModel(adapted, { clips: 9, labelBias })).toThrow(
      /labels balanced by 9 clips already/,
    );
    expect(() => adaptModel(bytes, { clips: 9, labelBias: [1, 2] })).toThrow(
      /labelBias has 2 numbers/,
    );
  });
});
