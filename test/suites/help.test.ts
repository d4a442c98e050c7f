import { expect, it } from 'vitest';
import { readSerOutput } from '../support/run-ser.ts';

it.each([
  [],
  ['predict'],
  ['adapt'],
  ['train'],
  ['cross-validate'],
  ['calibrate'],
  ['evaluate'],
  ['export-onnx'],
  ['import-classifier'],
  ['features'],
  ['results'],
  ['experiments'],
  ['serve'],
  ['listen'],
  ['demo'],
  ['datasets'],
  ['datasets', 'list'],
  ['datasets', 'download'],
  ['datasets', 'check'],
  ['datasets', 'split'],
  ['encoders'],
  ['encoders', 'list'],
  ['encoders', 'download'],
  ['encoders', 'import'],
  ['encoders', 'check'],
  ['doctor'],
  ['completion'],
])('ser %s --help', async (...command) => {
  const help = await readSerOutput([...command, '--help']);
  expect(help).toMatch(/^Examples?:$/m);
  await expect(help).toMatchFileSnapshot(`help/${['ser', ...command].join('-')}.txt`);
});

it('ser --version', async () => {
  expect(await readSerOutput(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
});
