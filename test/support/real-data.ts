import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-ser.ts';

/** Folder of a corpus in SER_DATA; a missing one is an error, never a reason to skip. */
export function locateCorpus(name: string): string {
  const folder = join(readVariable('SER_DATA', 'the folder of the corpora'), name);
  if (!existsSync(folder)) throw new Error(`SER_DATA lacks ${name}: there is no ${folder}.`);
  return folder;
}

/**
 * A file of pretrained weights in SER_ENCODERS, by default the folder `encoders` beside SER_DATA; a
 * missing one is an error, never a reason to skip.
 */
export function locateEncoderWeights(name: string): string {
  const folder =
    process.env.SER_ENCODERS || join(readVariable('SER_DATA', 'the corpora'), '../encoders');
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`SER_ENCODERS lacks ${name}: there is no ${path}.`);
  return path;
}

/** Audio files of a corpus, evenly picked over its sorted list. */
export function pickClips(corpus: string, count: number): string[] {
  const folder = locateCorpus(corpus);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(flac|wav)$/.test(file))
    .sort();
  return Array.from({ length: count }, (_, at) =>
    join(folder, files[Math.floor(((at + 0.5) * files.length) / count)]!),
  );
}

/** Runs a script of `test/peers` and returns what it prints, as JSON. */
export async function askPeer<T>(script: string, args: readonly string[]): Promise<T> {
  const python = readVariable('SER_PEERS_PYTHON', 'a Python with test/peers/requirements.txt');
  const path = join(import.meta.dirname, '../peers', script);
  const { exitCode, stdout, stderr } = await runCommand(python, [path, ...args]);
  if (exitCode !== 0) throw new Error(`${script} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

function readVariable(name: string, meaning: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it names ${meaning}.`);
  return value;
}
