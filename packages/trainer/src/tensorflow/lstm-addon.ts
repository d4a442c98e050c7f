import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateCache } from '../cache-directory.ts';
import { runCommand } from './run-command.ts';

const source = fileURLToPath(new URL('../../native/lstm.cc', import.meta.url));
const flags = [
  ...['-std=c++17', '-O3', '-march=native', '-fno-math-errno', '-fno-trapping-math'],
  ...['-shared', '-fPIC', '-pthread'],
];

/** Where the compiled `native/lstm.cc` of this source and processor lies, or will lie. */
function locateAddon(): string {
  const key = createHash('sha256');
  for (const part of [readFileSync(source), process.arch, cpus()[0]?.model ?? '', ...flags]) {
    key.update(part);
  }
  return join(locateCache(), `lstm-${key.digest('hex').slice(0, 16)}.node`);
}

/**
 * Compiles `native/lstm.cc` into the cache where that has not been done: seconds, once.
 *
 * @param libraries the folder of TensorFlow's shared libraries.
 * @returns what stood in the way, in a few words, or null.
 */
export async function buildLstmAddon(libraries: string): Promise<string | null> {
  const addon = locateAddon();
  if (existsSync(addon)) return null;
  const compiler = process.env.CXX ?? 'g++';
  const names = readdirSync(libraries).filter((name) => name.endsWith('.so.2'));
  await mkdir(locateCache(), { recursive: true });
  const staging = await mkdtemp(join(locateCache(), '.staging-'));
  try {
    const output = join(staging, 'lstm.node');
    const result = await runCommand(compiler, [
      ...[...flags, source, '-o', output, '-L', resolve(libraries)],
      ...names.map((name) => `-l:${name}`),
    ]);
    if (result.exitCode !== 0) {
      return result.stderr.split('\n').find((line) => line.includes('error')) ?? result.stderr;
    }
    await rename(output, addon);
    return null;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Registers the operations of `native/lstm.cc` with TensorFlow. False: the addon is not there. */
export function loadLstmAddon(): boolean {
  try {
    createRequire(import.meta.url)(locateAddon());
    return true;
  } catch {
    return false;
  }
}
