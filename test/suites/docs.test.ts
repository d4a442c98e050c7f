import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  protocolNames,
  type Recipe,
  readRecipe,
  writeExperimentsPage,
  writeResultsPage,
} from '@ser/trainer';
import { describe, expect, it } from 'vitest';
import { encoderSources } from '../../apps/cli/src/encoders/sources.ts';
import { readSerOutput, root } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'notebooks/README.md',
  ...['dsp-wasm', 'encoders', 'onnx', 'runtime'].map((name) => `packages/${name}/README.md`),
  ...[
    'architecture',
    'deploy',
    'encoders',
    'errors',
    'experiments',
    'features',
    'formats',
    'import-classifier',
    'protocols',
    'results',
    'runtime',
    'serving',
    'training',
  ].map((name) => `docs/${name}.md`),
];

interface NotebookCell {
  cell_type: string;
  source: string[];
  execution_count: number;
  outputs: { output_type: string }[];
}

const folder = makeTemporaryFolder();

describe('the documentation', () => {
  it.each(pages)('%s links to files that exist', (page) => {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(page), target!)), `${page}: ${target}`).toBe(true);
    }
  });

  it('shows recipes with an encoder that can be read', async () => {
    const blocks = [...read('docs/encoders.md').matchAll(/```json\n([\s\S]*?)```/g)];
    const recipes: Recipe[] = [];
    for (const [at, [, json]] of blocks.entries()) {
      const path = join(folder, `recipe-${at}.json`);
      writeFileSync(path, json!);
      recipes.push(await readRecipe(path));
    }
    expect(recipes.map(({ head }) => head)).toEqual(['linear', 'network', 'network']);
  });

  it('has a row for every encoder that can be downloaded', () => {
    const rows = [...read('docs/encoders.md').matchAll(/^\| `(whisper-[\w.-]+)` \| (.*) \|$/gm)];
    const known = [...encoderSources.values()].map(
      ({ name, megabytes, layers, width, languages: [language] }) => {
        const languages = language === 'en' ? 'English' : '99';
        return [name, `${megabytes} | ${layers} | ${width} | ${languages}`];
      },
    );
    expect(rows.map(([, name, rest]) => [name, rest])).toEqual(known);
  });

  it('has a row for every error code, and no other', () => {
    const codes = [...read('packages/dsp-wasm/src/errors.ts').matchAll(/^ {2}\| '(\w+)'/gm)];
    const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)`/gm)];
    expect(rows.map(([, code]) => code)).toEqual(codes.map(([, code]) => code));
  });

  it('has a row for every error of the service, with its status', () => {
    const [source] = read('apps/cli/src/serve/service-error.ts').split('as const');
    const codes = [...source!.matchAll(/^ {2}([A-Z_]+): (\d+),/gm)];
    const rows = [...read('docs/serving.md').matchAll(/^\| `([A-Z_]+)` \| (\d+)/gm)];
    expect(rows.map((row) => row.slice(1))).toEqual(codes.map((code) => code.slice(1)));
  });

  it('has a row for every protocol', () => {
    const rows = [...read('docs/protocols.md').matchAll(/^\| `([\w-]+)`/gm)];
    expect(rows.map(([, name]) => name)).toEqual([...protocolNames]);
  });

  it.each([
    { page: 'results', write: writeResultsPage },
    { page: 'experiments', write: writeExperimentsPage },
  ])('has the page of $page that its files give', async ({ page, write }) => {
    cpSync(join(root, 'docs', page), join(folder, page), { recursive: true });
    await write(join(folder, `${page}.md`), []);
    expect(readFileSync(join(folder, `${page}.md`), 'utf8')).toBe(read(`docs/${page}.md`));
  });

  it.each(['docs/results', 'docs/experiments/results'])('%s names no path of a machine', (path) => {
    const names = existsSync(join(root, path)) ? readdirSync(join(root, path)) : [];
    for (const name of names) expect(read(join(path, name)), name).not.toMatch(/[" ]\/\w/);
  });

  it('the notebook ran to its end, and reads files that exist', () => {
    const { cells, metadata } = JSON.parse(read('notebooks/ser_experiments.ipynb'));
    expect(metadata.kernelspec.name).toBe('deno');
    const code = cells.filter((cell: NotebookCell) => cell.cell_type === 'code') as NotebookCell[];
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, at) => at + 1));
    expect(code.flatMap(({ outputs }) => outputs).map((each) => each.output_type)).not.toContain(
      'error',
    );
    const text = cells.flatMap(({ source }: NotebookCell) => source).join('');
    const paths = [...text.matchAll(/['(]([.][.]?\/[\w./-]+|README.md)/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(4);
    // A folder that is not there yet reads as an empty one.
    const missing = paths.filter((path) => !existsSync(join(root, 'notebooks', path)));
    expect(missing.filter((path) => path !== '../docs/experiments/results')).toEqual([]);
  });

  it('the picture of the experiments shows every variant', () => {
    const variants = [...read('docs/experiments.md').matchAll(/^\| ([\w.-]+) \| `/gm)];
    const picture = join(root, 'docs/experiments.svg');
    const shown = existsSync(picture) ? readFileSync(picture, 'utf8') : '';
    expect(variants.map(([, name]) => name).filter((name) => !shown.includes(`>${name}<`))).toEqual(
      [],
    );
  });

  it.each(['predict-clip.ts', 'web/main.ts'])('the README shows the example %s', (name) => {
    const code = read(`examples/${name}`).replace(/^(\/\/.*\n)+/, '');
    expect(read('README.md')).toContain(`\`\`\`ts\n${code}\`\`\``);
  });

  it.each([
    'predict-clip.ts',
    'label-recording.ts',
    'follow-live.ts',
    'web/main.ts',
    'web-worker/main.ts',
  ])('the page on the runtime shows the example %s', (name) => {
    const code = read(`examples/${name}`).replace(/^(\/\/.*\n)+/, '');
    expect(read('docs/runtime.md')).toContain(`\`\`\`ts\n${code}\`\`\``);
  });

  it('has a row for every method of a classifier', async () => {
    const { Classifier } = await import('@ser/runtime/core');
    const rows = read('docs/runtime.md').matchAll(/^\| (`.*?) \|/gm);
    const named = [...rows].map(([, cell]) => cell).join(' ');
    for (const name of Object.getOwnPropertyNames(Classifier.prototype)) {
      if (name !== 'constructor') expect(named).toMatch(new RegExp(`\`${name}\\b`));
    }
  });

  it('names every command and only options that exist', async () => {
    const readme = read('README.md');
    const help = await readSerOutput(['--help']);
    for (const [, command] of help.matchAll(/^ {2}([a-z-]+) \[options\]/gm)) {
      expect(readme).toContain(`ser ${command}`);
    }
    for (const [, command, rest] of readme.matchAll(/ser (datasets [a-z]+|[a-z-]+)([^\n`|]*)/g)) {
      const options = rest!.match(/--[a-z-]+/g) ?? [];
      if (options.length === 0) continue;
      const commandHelp = await readSerOutput([...command!.split(' '), '--help']);
      for (const option of options) expect(commandHelp, `ser ${command}`).toContain(option);
    }
  });
});
