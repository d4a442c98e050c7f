import { expect, it } from 'vitest';
import { readSerOutput } from '../support/run-ser.ts';

it.each([
  [],
  ['predict'],
  ['train'],
  ['evaluate'],
  ['export-onnx'],
  ['features'],
  ['demo'],
  ['doctor'],
])('ser %s --help', async (...command) => {
  const help = await readSerOutput([...command, '--help']);
  expect(help).toContain('Example:');
  await expect(help).toMatchFileSnapshot(`help/${['ser', ...command].join('-')}.txt`);
});

it('ser --version', async () => {
  expect(await readSerOutput(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
});
