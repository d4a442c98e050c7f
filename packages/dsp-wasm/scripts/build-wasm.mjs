// Compiles assembly/ and embeds the module as base64 in src/generated/wasm-module.ts (not committed).
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const generated = join(root, 'src/generated');
const wasmFile = join(generated, 'kernels.wasm');
await mkdir(generated, { recursive: true });

const { error, stderr } = await asc.main(
  [
    'assembly/index.ts',
    ['--outFile', 'src/generated/kernels.wasm'],
    ['--bindings', 'none'],
    ['--runtime', 'stub'],
    ['--enable', 'simd'],
    ['--use', 'abort='],
    ['--noAssert'],
    ['-O3'],
    ['--converge'],
  ].flat(),
  {
    readFile: (name, base) => readFile(join(root, base, name), 'utf8').catch(() => null),
    writeFile: (name, contents, base) => writeFile(join(root, base, name), contents),
  },
);
if (error) {
  process.stderr.write(stderr.toString());
  process.exit(1);
}
const wasm = await readFile(wasmFile);

// Tables are built outside the module, so the sources count too.
const hash = createHash('sha256').update(wasm);
const names = await readdir(join(root, 'src'), { recursive: true });
for (const name of names.filter((name) => name.endsWith('.ts')).sort()) {
  if (!name.startsWith('generated')) hash.update(await readFile(join(root, 'src', name)));
}
const digest = hash.digest('hex').slice(0, 16);
await writeFile(
  join(generated, 'wasm-module.ts'),
  `export const wasmBase64 =\n  '${wasm.toString('base64')}';\nexport const kernelVersion = '${digest}';\n`,
);
await rm(wasmFile);
process.stdout.write(`wasm: ${wasm.length} bytes\n`);
