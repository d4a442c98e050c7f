import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { protocolNames, writeResultsPage } from '@ser/trainer';
import { describe, expect, it } from 'vitest';
import { readSerOutput, root } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...[
    'architecture',
    'deploy',
    'errors',
    'features',
    'protocols',
    'runtime',
    'serving',
    'training',
  ].map((name) => `docs/${name}.md`),
];

const folder = makeTemporaryFolder();

describe('the documentation', () => {
  it.each(pages)('%s links to files that exist', (page) => {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(page), target!)), `${page}: ${target}`).toBe(true);
    }
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

  it('has the page of results that its files give, and no path of a machine in them', async () => {
    cpSync(join(root, 'docs/results'), join(folder, 'results'), { recursive: true });
    await writeResultsPage(join(folder, 'results.md'), []);
    expect(readFileSync(join(folder, 'results.md'), 'utf8')).toBe(read('docs/results.md'));
    for (const name of readdirSync(join(folder, 'results'))) {
      expect(read(`docs/results/${name}`), name).not.toMatch(/[" ]\/\w/);
    }
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
