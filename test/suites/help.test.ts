import { expect, it } from 'vitest';
import { readSerOutput } from '../support/run-ser.ts';

it.each([
  [],
  ['predict'],
  ['train'],
  ['cross-validate'],
  ['evaluate'],
  ['export-onnx'],
  ['features'],
  ['results'],
  ['serve'],
  ['listen'],
  ['demo'],
  ['doctor'],
])('ser %s --help', async (...command) => {
  const help = await readSerOutput([...command, '--help']);
  expect(help).toMatch(/^Examples?:$/m);
  await expect(help).toMatchFileSnapshot(`help/${['ser', ...command].join('-')}.txt`);
});

it('ser --version', async () => {
  expect(await readSerOutput(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
});
