import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixturePath } from './fixtures.ts';

it('keeps onnxruntime from reporting its use: nothing is left where its reports would wait', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ser-quiet-'));
  const entry = new URL('../dist/node.js', import.meta.url);
  const program = `
    const { createClassifier } = await import('${entry}');
    const [model, clip] = process.argv.slice(1);
    const classifier = await createClassifier(model);
    console.log((await classifier.predict(clip)).label);
    await classifier.dispose();`;
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  try {
    const label = execFileSync(
      process.execPath,
      [
        ...['--input-type=module', '--eval', program],
        ...[fixturePath('tiny-model.onnx'), fixturePath('clips/pcm16.wav')],
      ],
      { env: { ...env, TMPDIR: folder }, encoding: 'utf8' },
    );
    expect(label).toMatch(/^\w+\n$/);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
