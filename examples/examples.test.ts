import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const fixtures = fileURLToPath(new URL('../packages/runtime/test/fixtures/', import.meta.url));

function runExample(name: string, ...args: string[]): string {
  const program = fileURLToPath(new URL(`dist/${name}.js`, import.meta.url));
  return execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

it('predict-clip', () => {
  const output = runExample(
    'predict-clip',
    `${fixtures}tiny-model.onnx`,
    `${fixtures}clips/mono.flac`,
  );
  expect(output).toMatch(/^(calm|happy|sad|angry) \((0\.\d\d|1\.00)\)\n$/);
});

it('predict-folder', () => {
  const output = runExample('predict-folder', `${fixtures}tiny-model.onnx`, `${fixtures}clips`);
  const [head, ...rows] = output.trim().split('\n');
  expect(head).toBe('file,label,confidence,seconds,error');
  expect(rows.find((row) => row.startsWith('"mono.flac"'))).toMatch(/,1\.50,$/);
});

it('label-recording', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ser-example-'));
  const recording = join(folder, 'talk.flac');
  copyFileSync(`${fixtures}clips/mono.flac`, recording);
  const output = runExample('label-recording', `${fixtures}tiny-model.onnx`, recording);
  const captions = readFileSync(`${recording}.vtt`, 'utf8');
  rmSync(folder, { recursive: true });
  expect(captions).toMatch(/^WEBVTT\n/);
  expect(captions.match(/-->/g)?.length ?? 0).toBe(output.split('\n').length - 1);
});

it('follow-live', () => {
  const seconds = 3;
  const samples = Float32Array.from({ length: 48_000 * seconds }, (_, at) => Math.sin(at / 30) / 9);
  const program = fileURLToPath(new URL('dist/follow-live.js', import.meta.url));
  const output = execFileSync(process.execPath, [program, `${fixtures}tiny-model.onnx`], {
    encoding: 'utf8',
    input: new Uint8Array(samples.buffer),
  });
  const lines = output.trim().split('\n');
  expect(lines).toHaveLength(2 * seconds);
  expect(lines[0]).toBe('0.5 s: nobody speaks');
  expect(lines.at(-1)).toMatch(/^3 s: /);
});
