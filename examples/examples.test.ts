import { execFileSync } from 'node:child_process';
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
