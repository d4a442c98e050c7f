import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const core = fileURLToPath(new URL('../../src/core', import.meta.url));

it('the core imports neither Node nor an inference library', () => {
  const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const packages = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(core, file), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import\() ?'([^'.][^']*)'/g)) packages.add(name!);
  }
  expect([...packages].sort()).toEqual([
    '@ser/dsp-wasm',
    '@ser/onnx',
    'mpg123-decoder',
    'opus-decoder',
    'zod/mini',
    'zod/v4/locales/en.js',
  ]);
});
