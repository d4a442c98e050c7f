/**
 * Training against its peers: one epoch of the reference model over 1,152 clips of RAVDESS, both
 * cores, every contender in a process of its own, in turns. Writes results/train.json.
 *
 *   pnpm --filter @ser/bench train --data FOLDER [--python FILE] [--rounds N]
 *
 * The Python needs train/requirements.txt. tfjs-node's own layers take minutes an epoch: a few steps
 * are timed and multiplied.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readDataset } from '@ser/trainer/internal/datasets/read-dataset';
import { createRandom } from '@ser/trainer/internal/random';
import { extractDataset } from '@ser/trainer/internal/run/extract-dataset';
import { alternate, type Timing } from '../features/alternate.ts';
import { describeMachine } from '../features/machine.ts';
import { LineProcess } from './line-process.ts';
import { batchSize, clipCount, frontEnd } from './task.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
  },
});
if (!options.data) throw new Error('--data is missing: the folder of RAVDESS.');

const folder = mkdtempSync(join(tmpdir(), 'ser-bench-'));
const { dataset, matrices } = await extractDataset(await readDataset([options.data]), {
  representation: { frontEnd: { kind: 'features', ...frontEnd }, encoder: null },
});
const clips = createRandom(0).shuffle(dataset.clips).slice(0, clipCount);
const frames = clips.map((clip) => matrices.get(clip)!.frames);
writeFileSync(
  join(folder, 'clips.json'),
  JSON.stringify({
    features: matrices.get(clips[0]!)!.features,
    frames,
    labels: clips.map(({ label }) => dataset.labels.indexOf(label)),
  }),
);
const bytes = clips.map((clip) => {
  const { data } = matrices.get(clip)!;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
});
writeFileSync(join(folder, 'features.f32'), Buffer.concat(bytes));

const besides = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const peerScript = besides('../../train/peer.py');
const ours = new LineProcess(process.execPath, [besides('ours.js'), folder]);
const keras = new LineProcess(options.python, [peerScript, 'keras', folder]);
const torch = new LineProcess(options.python, [peerScript, 'torch', folder]);
const stock = new LineProcess(process.execPath, [besides('stock.js'), folder]);
const whole = new LineProcess(process.execPath, [besides('whole.js'), options.data]);

const loadBefore = loadavg();
const rounds = Number(options.rounds);
const timings = await alternate(
  [
    ours.contend('ours', 'epoch'),
    keras.contend('keras, padded and masked', 'epoch'),
    torch.contend('torch, padded', 'epoch'),
    torch.contend('torch, packed', 'packed-epoch'),
    ours.contend('ours, equal lengths', 'equal-lengths'),
    keras.contend('keras, equal lengths', 'equal-lengths'),
  ],
  { rounds, warmUps: 1 },
);
const stockSteps = await alternate([stock.contend('step', 'step')], { rounds: 2, warmUps: 1 });
const cold = await alternate([whole.contend('features', 'cold-features')], {
  rounds: 3,
  warmUps: 0,
});
const { peakMemoryMb } = await whole.ask({ run: 'training' });
const versions = {
  ...(await keras.ask({ versions: true })),
  ...(await torch.ask({ versions: true })),
};
for (const each of [ours, keras, torch, stock, whole]) each.close();
rmSync(folder, { recursive: true });

const of = (name: string): Timing => timings.get(name)!;
const steps = clipCount / batchSize;
const stockStep = stockSteps.get('step')!;
const stockEpoch = {
  medianWallMs: stockStep.medianWallMs * steps,
  medianCpuMs: stockStep.medianCpuMs * steps,
};
type Medians = Pick<Timing, 'medianWallMs' | 'medianCpuMs'>;
const compare = (peer: string, own: Medians, other: Medians, goal: number) => {
  const ratio = own.medianWallMs / other.medianWallMs;
  const cpuRatio = own.medianCpuMs / other.medianCpuMs;
  return { against: peer, goal, ratio, cpuRatio, isReached: ratio <= goal };
};
const verdicts = [
  compare('keras, padded and masked', of('ours'), of('keras, padded and masked'), 0.5),
  compare('torch, padded', of('ours'), of('torch, padded'), 0.5),
  compare('torch, packed', of('ours'), of('torch, packed'), 0.25),
  compare('stock tfjs-node layers (extrapolated)', of('ours'), stockEpoch, 0.12),
  compare('keras, equal lengths', of('ours, equal lengths'), of('keras, equal lengths'), 1),
];
const figures = [
  {
    measure: 'features of all clips, cold',
    unit: 's',
    goal: 12,
    value: cold.get('features')!.medianWallMs / 1000,
  },
  { measure: 'peak memory of a training', unit: 'MB', goal: 2500, value: peakMemoryMb },
];
const result = {
  machine: describeMachine(),
  loadBefore,
  loadAfter: loadavg(),
  versions,
  clips: {
    source: 'ravdess',
    count: clips.length,
    meanFrames: frames.reduce((sum, value) => sum + value, 0) / frames.length,
    longest: Math.max(...frames),
    rounds,
  },
  verdicts,
  figures,
  timings: Object.fromEntries(timings),
  stockStep,
  coldFeatures: cold.get('features'),
};
writeFileSync(
  new URL('../../results/train.json', import.meta.url),
  `${JSON.stringify(result, null, 1)}\n`,
);
console.table(
  [...timings].map(([name, { medianWallMs, medianCpuMs }]) => ({
    name,
    medianWallMs,
    medianCpuMs,
  })),
);
console.table(verdicts);
console.table(figures);
