/**
 * How long audio files of many kinds are heard, against ffmpeg. Writes results/formats.json and
 * docs/formats.md.
 *
 *   python formats/collect.py FOLDER
 *   pnpm --filter @ser/bench formats --files FOLDER
 *
 * FOLDER holds one folder a source: made/, pypi/NAME/, debian/NAME/.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { SerError } from '@ser/runtime';
import { decodeAudio } from '@ser/runtime/core';
import { type HeardFile, type Reference, writeFormatsPage } from './page.ts';

const { values: options } = parseArgs({ options: { files: { type: 'string' } } });
if (!options.files) throw new Error('--files is missing: the folder that collect.py filled.');
const root = options.files;
const run = promisify(execFile);
const mostBytes = 1 << 28;

const heard: HeardFile[] = [];
const names = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort();
for (const name of names) {
  const file = await hear(name);
  heard.push(file);
  process.stderr.write(`${name}: ${file.ours.code ?? file.ours.durationSec}\n`);
}
const ffmpeg = (await run('ffmpeg', ['-version'])).stdout.split(' ')[2]!;
const results = { ffmpeg, node: process.versions.node, files: heard };
const target = new URL('../../results/formats.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(results, null, 1)}\n`);
writeFormatsPage(results);

async function hear(name: string): Promise<HeardFile> {
  const path = join(root, name);
  const reference = await hearWithFfmpeg(path);
  try {
    const { samples, sampleRateHz } = await decodeAudio(readFileSync(path), {
      maxDurationSec: 7200,
    });
    const ours = { durationSec: samples.length / sampleRateHz };
    const likeness = reference.samples && measureLikeness(samples, reference.samples);
    return { name, reference: describe(reference), ours, likeness };
  } catch (error) {
    if (!(error instanceof SerError)) throw new Error(name, { cause: error });
    const ours = { code: error.code, message: error.message };
    return { name, reference: describe(reference), ours, likeness: undefined };
  }
}

interface Decoded extends Reference {
  samples?: Float32Array;
}

function describe({ samples: _, ...reference }: Decoded): Reference {
  return reference;
}

/** What ffmpeg makes of the first stream of audio: the mean of its channels. */
async function hearWithFfmpeg(path: string): Promise<Decoded> {
  const stream = ['-v', 'error', '-select_streams', 'a:0'];
  const show = [
    '-show_entries',
    'stream=codec_name,sample_rate,channels:format=format_name,duration',
  ];
  try {
    const probed = await run('ffprobe', [...stream, ...show, '-of', 'json', path]);
    const { streams, format } = JSON.parse(probed.stdout) as {
      streams: { codec_name: string; sample_rate: string; channels: number }[];
      format: { format_name: string; duration?: string };
    };
    const [first] = streams;
    const container = format.format_name;
    const statedSec = format.duration === undefined ? undefined : Number(format.duration);
    if (!first) return { codec: undefined, container, durationSec: undefined, statedSec };
    const codec = first.codec_name;
    const output = ['-map', '0:a:0', '-f', 'f32le', '-'];
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, ...output], {
      encoding: 'buffer',
      maxBuffer: mostBytes,
    });
    const frames = Math.floor(stdout.length / 4 / first.channels);
    const samples = Float32Array.from({ length: frames }, (_, frame) => {
      let sum = 0;
      for (let channel = 0; channel < first.channels; channel++) {
        sum += stdout.readFloatLE(4 * (frame * first.channels + channel));
      }
      return sum / first.channels;
    });
    const durationSec = frames / Number(first.sample_rate);
    return { codec, container, durationSec, statedSec, samples };
  } catch {
    return { codec: undefined, container: undefined, durationSec: undefined, statedSec: undefined };
  }
}

/** The correlation of the samples that both have, from their first on. */
function measureLikeness(ours: Float32Array, theirs: Float32Array): number {
  let both = 0;
  let first = 0;
  let second = 0;
  const count = Math.min(ours.length, theirs.length);
  for (let index = 0; index < count; index++) {
    both += ours[index]! * theirs[index]!;
    first += ours[index]! ** 2;
    second += theirs[index]! ** 2;
  }
  return first === 0 && second === 0 ? 1 : both / Math.sqrt(first * second);
}
