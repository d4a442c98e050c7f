// Writes the speech detector as pages download it, and bundles the browser entries with all they need into dist/standalone, for pages without a bundler,
// beside the licences of what is inside.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const target = `${dist}/standalone`;

const { rewriteSileroSmall } = await import('../dist/silero-graph.js');
const silero = createRequire(import.meta.url).resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx');
writeFileSync(`${dist}/speech.onnx`, rewriteSileroSmall(readFileSync(silero)));

rmSync(target, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    web: `${dist}/web.js`,
    worker: `${dist}/worker/index.js`,
    'worker-script': `${dist}/worker/worker-script.js`,
    // A file of its own, so that it can be replaced: inside is mpg123, which is LGPL.
    'mpg123-decoder': fileURLToPath(import.meta.resolve('mpg123-decoder')),
  },
  outdir: target,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  logLevel: 'warning',
  metafile: true,
});

const folders = new Set(Object.keys(metafile.inputs).map(findPackage));
const licences = [...folders].map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json')));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
  return `${name} ${version}: ${license}\n\n${text}\n`;
});
writeFileSync(`${target}/LICENCES.txt`, licences.sort().join(`\n${'-'.repeat(72)}\n\n`));

/** The folder of the package that a file belongs to. */
function findPackage(path) {
  let folder = dirname(path);
  const isPackage = () =>
    existsSync(join(folder, 'package.json')) &&
    'version' in JSON.parse(readFileSync(join(folder, 'package.json')));
  while (!isPackage()) folder = dirname(folder);
  return folder;
}
