/**
 * The runtime against Python (librosa and onnxruntime), in Chromium, and at length. Writes
 * results/runtime.json.
 *
 *   pnpm --filter @ser/bench runtime --data FOLDER [--python FILE] [--rounds N] [--hours N]
 *     [--live-hours N] [--clips N] [--out FILE]
 *
 * FOLDER is RAVDESS. The Python needs test/goldens/requirements.txt and onnxruntime.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadClip, readModelFile } from '@ser/runtime';
import { readDataset } from '@ser/trainer';
import { median } from '../features/alternate.ts';
import { describeMachine } from '../features/machine.ts';
import { LineProcess } from '../train/line-process.ts';
import { measureInBrowser } from './in-browser.ts';
import { listSizes } from './sizes.ts';
import { measureVariants } from './variants.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    model: { type: 'string' },
    rounds: { type: 'string', default: '200' },
    'cold-rounds': { type: 'string', default: '9' },
    hours: { type: 'string', default: '3' },
    'live-hours': { type: 'string', default: '1' },
    clips: { type: 'string', default: '1440' },
    out: { type: 'string' },
  },
});
if (!options.data) throw new Error('--data is missing: the folder of RAVDESS.');
const besides = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const model = options.model ?? besides('../../../models/model.onnx');
const modelBytes = new Uint8Array(readFileSync(model));
const out = options.out ?? besides('../../results/runtime.json');
const oursScript = besides('ours.js');
const rounds = Number(options.rounds);
const folder = mkdtempSync(join(tmpdir(), 'ser-bench-'));
const loadBefore = loadavg();

const { clips } = await readDataset([options.data]);
const paths = clips.map(({ path }) => path).slice(0, Number(options.clips));
const clip = await pickClip(3.7);

interface Took {
  wall: number;
  cpu: number;
}

const say = (what: string): boolean => process.stderr.write(`${what}\n`);

say('a clip to its label, warm');
const warm = await compareWarm();
say('the same in Chromium');
const inBrowser = await measureInBrowser(join(folder, 'page'), { model, clip, rounds });
say('cold start');
const cold = await compareCold();
say('all clips on all cores');
const all = await judgeAllClips();
say('a long recording');
const long = await writeLongRecording(Number(options.hours));
const timeline = (await runOurs('timeline', long.path)) as Took & Record<string, number>;
const segments = (await runOurs('segments', long.path)) as Took & Record<string, number>;
rmSync(long.path);
say('live');
const live = (await runOurs('live', clip, String(3600 * Number(options['live-hours'])))) as Took &
  Record<string, number> & { memoryMiB: number[] };
say('50 at once');
const fiftyPath = join(folder, 'fifty.json');
const fifty = Array.from({ length: 50 }, (_, index) => paths[index % paths.length]!);
writeFileSync(fiftyPath, JSON.stringify(fifty));
const concurrent = (await runOurs('concurrent', fiftyPath)) as Took & Record<string, number>;
say('model variants and sizes');
const { losses, models } = await measureVariants(modelBytes, clips.slice(0, Number(options.clips)));
const sizes = listSizes(models);
rmSync(folder, { recursive: true });

const memory = live.memoryMiB;
const figures = [
  {
    measure: 'a 3.7 s clip to its label in Node, warm, one thread, median, against Python’s',
    goal: '≤ 0.35',
    value: median(warm.ours) / median(warm.peer),
  },
  {
    measure: 'the same, 99th percentile',
    goal: '≤ 0.35',
    value: percentile(warm.ours, 0.99) / percentile(warm.peer, 0.99),
  },
  {
    measure: 'the same in Chromium, median, against Node’s',
    goal: '≤ 4',
    value: median(inBrowser.wallMs) / median(warm.ours),
  },
  {
    measure: 'from the start of the process to the first label, against Python’s',
    goal: '≤ 0.25',
    value: median(cold.ours) / median(cold.peer),
  },
  {
    measure: `${all.clips} clips on all cores, times real time a core`,
    goal: '≥ 200',
    value: all.timesRealTimePerCore,
  },
  {
    measure: `timeline of ${options.hours} hours, times real time`,
    goal: '≥ 100',
    value: long.seconds / timeline.wall,
  },
  { measure: 'its memory, MiB', goal: '≤ 400', value: timeline.peakMiB! },
  {
    measure: `segments of ${options.hours} hours, times real time`,
    goal: '≥ 100',
    value: long.seconds / segments.wall,
  },
  { measure: 'its memory, MiB', goal: '≤ 400', value: segments.peakMiB! },
  {
    measure: `live for ${options['live-hours']} h, processor time by audio time`,
    goal: '≤ 0.02',
    value: live.cpu / live.seconds!,
  },
  {
    measure: 'its drift at the end, seconds',
    goal: '≤ 0.5',
    value: live.seconds! - live.lastSec!,
  },
  {
    measure: 'its growth of memory over the last half, MiB',
    goal: '≤ 10',
    value: memory.at(-1)! - memory[Math.floor(memory.length / 2)]!,
  },
  {
    measure: '50 predictions at once, largest difference from one at a time',
    goal: '≤ 0.000001',
    value: concurrent.mostDifference!,
  },
];
const results = {
  machine: describeMachine(),
  model: readModelFile(modelBytes).name,
  chromium: inBrowser.chromium,
  load: { before: loadBefore, after: loadavg() },
  milliseconds: {
    warm: { ours: summarise(warm.ours), peer: summarise(warm.peer) },
    chromium: { ...summarise(inBrowser.wallMs), firstMs: inBrowser.firstMs },
    cold: { ours: summarise(cold.ours), peer: summarise(cold.peer) },
  },
  figures,
  all,
  timeline,
  segments,
  live,
  concurrent,
  losses,
  sizes,
  raw: { warm, cold, chromium: inBrowser.wallMs },
};
writeFileSync(out, `${JSON.stringify(results, null, 1)}\n`);
for (const { measure, goal, value } of figures)
  say(`${value.toPrecision(3)}  (${goal})  ${measure}`);

/** The clip whose length is nearest. */
async function pickClip(seconds: number): Promise<string> {
  const lengths = await Promise.all(
    paths.slice(0, 20).map(async (path) => {
      const { samples, sampleRateHz } = await loadClip(path);
      return { path, distance: Math.abs(samples.length / sampleRateHz - seconds) };
    }),
  );
  return lengths.sort((a, b) => a.distance - b.distance)[0]!.path;
}

async function compareWarm(): Promise<{ ours: number[]; peer: number[] }> {
  const ours = new LineProcess(process.execPath, [oursScript, 'answer', model]);
  const peer = new LineProcess(options.python, [besides('../../runtime/peer.py'), model]);
  const times = { ours: [] as number[], peer: [] as number[] };
  // As many before the first that counts as a just-in-time compiler needs.
  for (let round = -100; round < rounds; round++) {
    const contenders = { ours, peer };
    const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const name of order) {
      const { wall } = (await contenders[name].ask({ run: clip })) as unknown as Took;
      if (round >= 0) times[name].push(1000 * wall);
    }
  }
  ours.close();
  peer.close();
  return times;
}

async function compareCold(): Promise<{ ours: number[]; peer: number[] }> {
  const list = join(folder, 'one.txt');
  writeFileSync(list, clip);
  const script = besides('../../predict/predict.py');
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let round = -1; round < Number(options['cold-rounds']); round++) {
    const ours = await timeProcess(process.execPath, [oursScript, 'cold', model, clip]);
    const peer = await timeProcess(options.python, [script, model, list]);
    if (round < 0) continue;
    times.ours.push(ours);
    times.peer.push(peer);
  }
  return times;
}

async function judgeAllClips(): Promise<
  { clips: number; cores: number; audioSec: number; timesRealTimePerCore: number } & Took
> {
  const cores = availableParallelism();
  const shares = Array.from({ length: cores }, (_, core) =>
    paths.filter((_, index) => index % cores === core),
  );
  const answers = await Promise.all(
    shares.map((share, core) => {
      const list = join(folder, `share-${core}.json`);
      writeFileSync(list, JSON.stringify(share));
      return runOurs('all', list) as Promise<Took & { audioSec: number }>;
    }),
  );
  const wall = Math.max(...answers.map((answer) => answer.wall));
  const cpu = answers.reduce((sum, answer) => sum + answer.cpu, 0);
  const audioSec = answers.reduce((sum, answer) => sum + answer.audioSec, 0);
  return {
    ...{ clips: paths.length, cores, audioSec, wall, cpu },
    timesRealTimePerCore: audioSec / (wall * cores),
  };
}

/** The clips one after the other, as PCM of 16 bits in one WAV file. */
async function writeLongRecording(hours: number): Promise<{ path: string; seconds: number }> {
  const path = join(folder, 'long.wav');
  const decoded = await Promise.all(paths.slice(0, 100).map((clipPath) => loadClip(clipPath)));
  const { sampleRateHz } = decoded[0]!;
  const pieces = decoded.map(({ samples }) => Int16Array.from(samples, (value) => 32767 * value));
  const wanted = Math.round(hours * 3600 * sampleRateHz);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 2 * wanted, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(2 * sampleRateHz, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * wanted, 40);
  const file = openSync(path, 'w');
  writeSync(file, header);
  for (let at = 0, index = 0; at < wanted; index++) {
    const piece = pieces[index % pieces.length]!.subarray(0, wanted - at);
    writeSync(file, new Uint8Array(piece.buffer, 0, 2 * piece.length));
    at += piece.length;
  }
  closeSync(file);
  return { path, seconds: wanted / sampleRateHz };
}

function runOurs(task: string, ...args: string[]): Promise<object> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [oursScript, task, model, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
    });
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as object);
      else reject(new Error(`${task} ended with exit code ${code}.`));
    });
  });
}

/** Milliseconds until a process has printed its answer and ended. */
function timeProcess(command: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${command} ended with exit code ${code}.`));
    });
  });
}

function summarise(times: readonly number[]): { p50: number; p99: number; rounds: number } {
  return { p50: median(times), p99: percentile(times, 0.99), rounds: times.length };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
