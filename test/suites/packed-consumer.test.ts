import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClassifier } from '@ser/runtime';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, it } from 'vitest';
import { installPacked, type PackedConsumer } from '../support/packed-consumer.ts';
import { root, runCommand } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const fixtures = join(root, 'packages/runtime/test/fixtures');
const model = join(fixtures, 'tiny-model.onnx');
const clip = join(fixtures, 'clips/stereo.mp3');

/** CI runs what the packages promise; elsewhere the Node at hand will do. */
const nodeVersions = process.env.CI ? ['20', '22', '24'] : [process.versions.node.split('.')[0]!];

/** The same program as an ES module and as a CommonJS one. */
const body = `
  const classifier = await createClassifier(${JSON.stringify(model)});
  const { label, confidence } = await classifier.predict(${JSON.stringify(clip)});
  const segments = [];
  for await (const segment of classifier.segments(${JSON.stringify(clip)})) segments.push(segment);
  const { data, frames } = (await loadDsp()).createExtractor().extract(new Float32Array(9000).fill(0.5));
  console.log(JSON.stringify({ label, confidence, segments: segments.length, values: data.length / frames }));
  await classifier.dispose();
`;
const programs = {
  'esm.mjs': `import { createClassifier } from '@ser/runtime';\nimport { loadDsp } from '@ser/dsp-wasm';\n${body}`,
  'require.cjs': `const { createClassifier } = require('@ser/runtime');\nconst { loadDsp } = require('@ser/dsp-wasm');\n(async () => {${body}})();`,
};
const types = `
import { createClassifier, type Prediction } from '@ser/runtime';
import { createWorkerClassifier } from '@ser/runtime/worker';
import { createClassifier as createInBrowser } from '@ser/runtime/web';
import { decodeAudio } from '@ser/runtime/core';
import { loadDsp } from '@ser/dsp-wasm';
const classifier = await createClassifier('model.onnx', { threads: 2 });
export const prediction: Prediction = await classifier.predict('voice.wav');
export const clip: { samples: Float32Array } = await decodeAudio(new Uint8Array());
export const all = [createWorkerClassifier, createInBrowser, loadDsp];
// @ts-expect-error There is no such option.
await createClassifier('model.onnx', { thread: 2 });
`;

describe('the packages as they are published', () => {
  const folder = makeTemporaryFolder();
  let consumer: PackedConsumer;
  let expected: { label: string | null; confidence: number };

  beforeAll(async () => {
    consumer = await installPacked(folder);
    for (const [name, program] of Object.entries(programs)) {
      writeFileSync(join(consumer.project, name), program);
    }
    const classifier = await createClassifier(model);
    expected = await classifier.predict(clip);
    await classifier.dispose();
  });

  for (const version of nodeVersions) {
    it.each(Object.keys(programs))(
      `Node ${version} runs %s, and nothing is printed to standard error`,
      async (program) => {
        // npm's own warnings, such as those on settings of pnpm in the environment, are not the program's.
        const args = ['--loglevel=error', '-y', '-p', `node@${version}`, '--', 'node', program];
        const isThisNode = process.versions.node.startsWith(`${version}.`);
        const { exitCode, stdout, stderr } = isThisNode
          ? await runCommand(process.execPath, [program], { cwd: consumer.project })
          : await runCommand('npx', args, { cwd: consumer.project });
        expect(stderr).toBe('');
        expect(exitCode).toBe(0);
        const found = JSON.parse(stdout) as Record<string, unknown>;
        expect(found).toMatchObject({ label: expected.label, values: 187 });
        expect(Math.abs(Number(found.confidence) - expected.confidence)).toBeLessThan(1e-6);
      },
    );
  }

  it('have types that resolve', async () => {
    writeFileSync(join(consumer.project, 'types.ts'), types);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    for (const [module, resolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      const { stdout } = await runCommand(
        process.execPath,
        [
          tsc,
          ...['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022'],
          ...['--lib', 'es2023,dom,dom.asynciterable', '--types', ''],
          ...['--module', module!, '--moduleResolution', resolution!, 'types.ts'],
        ],
        { cwd: consumer.project },
      );
      expect(stdout).toBe('');
    }
  });

  it('are without fault to publint', async () => {
    for (const path of Object.values(consumer.tarballs)) {
      const bytes = readFileSync(path);
      const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
      expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
    }
  });

  it('are without fault to “are the types wrong”, as packages of ES modules', async () => {
    const attw = join(root, 'test/node_modules/@arethetypeswrong/cli/dist/index.js');
    for (const path of Object.values(consumer.tarballs)) {
      const { exitCode, stdout } = await runCommand(process.execPath, [
        ...[attw, path, '--profile', 'esm-only', '--format', 'ascii', '--no-color'],
        ...['--exclude-entrypoints', './standalone/*', './speech.onnx'],
      ]);
      expect(exitCode, stdout).toBe(0);
    }
  });
});
