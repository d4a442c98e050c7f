import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { createClassifier, type Prediction, type Segment } from '../src/node.ts';
import { fixturePath } from './fixtures.ts';

const run = promisify(execFile);
const model = fixturePath('tiny-model.onnx');
const clip = fixturePath('clips/mono.flac');

/** What another process prints, on whose machine the native library does not load. */
async function runWithoutNative(program: string): Promise<{ stdout: string; stderr: string }> {
  const entry = new URL('../dist/node.js', import.meta.url);
  return run(process.execPath, [
    ...['--require', fixturePath('forbid-native.cjs')],
    ...['--input-type=module', '--eval'],
    `const { createClassifier, onnxRuntimeVersion } = await import('${entry}');\n${program}`,
    ...[model, clip],
  ]);
}

describe('a machine without a native onnxruntime', { timeout: 60_000 }, () => {
  let prediction: Prediction;
  const segments: Segment[] = [];
  beforeAll(async () => {
    const classifier = await createClassifier(model);
    prediction = await classifier.predict(clip);
    for await (const segment of classifier.segments(clip)) segments.push(segment);
    await classifier.dispose();
  });

  it('gives the same answers through WebAssembly, and one warning', async () => {
    const { stdout, stderr } = await runWithoutNative(`
      const [model, clip] = process.argv.slice(1);
      const classifiers = await Promise.all([createClassifier(model), createClassifier(model)]);
      const predictions = await Promise.all(
        Array.from({ length: 6 }, (_, index) => classifiers[index % 2].predict(clip)),
      );
      const segments = [];
      for await (const segment of classifiers[0].segments(clip)) segments.push(segment);
      await Promise.all(classifiers.map((classifier) => classifier.dispose()));
      const version = await onnxRuntimeVersion();
      console.log(JSON.stringify({ predictions, segments, version }));
    `);
    const found = JSON.parse(stdout) as {
      predictions: Prediction[];
      segments: Segment[];
      version: string;
    };
    expect(found.version).toMatch(/^\d+\.\d+\.\d+ \(WebAssembly\)$/);
    expect(found.predictions).toHaveLength(6);
    for (const { label, probabilities } of found.predictions) {
      expect(label).toBe(prediction.label);
      for (const [name, value] of Object.entries(prediction.probabilities)) {
        expect(Math.abs(probabilities[name]! - value)).toBeLessThan(1e-5);
      }
    }
    expect(found.segments).toEqual(
      segments.map((segment) => ({
        ...segment,
        confidence: expect.closeTo(segment.confidence, 5),
      })),
    );
    const warnings = stderr.match(/\[SER_WEB_RUNTIME\] SerWarning: /g);
    expect(warnings).toHaveLength(1);
    expect(stderr).toContain('ld-linux-x86-64.so.2: No such file or directory');
  });

  it('tells a callback instead, and then prints nothing', async () => {
    const { stdout, stderr } = await runWithoutNative(`
      let told = '';
      const onFallback = (reason) => { told = reason; };
      const classifier = await createClassifier(process.argv[1], { onFallback });
      await classifier.dispose();
      console.log(told);
    `);
    expect(stdout).toMatch(/^onnxruntime-node cannot be loaded on \w+ \w+: Error: Error loading/);
    expect(stderr).toBe('');
  });
});
