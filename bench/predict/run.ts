/**
 * `ser predict` on a folder of clips against the same work in Python (predict.py: librosa and
 * onnxruntime with the same model), whole commands from start to end, in turns in one run. Python
 * runs as people write it, one loop, and once more with a pool of processes. Writes
 * results/predict.json.
 *
 *   pnpm --filter @ser/bench predict --clips <RAVDESS> --python <python with serve/requirements.txt>
 *     [--rounds 3] [--limit N]
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alternate, median } from '../features/alternate.ts';
import { describeMachine } from '../features/machine.ts';
import { timeCommand } from './timed-command.ts';

const { values: options } = parseArgs({
  options: {
    clips: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '3' },
    limit: { type: 'string' },
  },
});
if (options.clips === undefined) throw new Error('Give a folder of clips: --clips FOLDER');

const goal = 0.2;
const fewestSameLabels = 0.98;
const ser = fileURLToPath(new URL('../../../apps/cli/bin/ser.js', import.meta.url));
const model = fileURLToPath(new URL('../../../models/model.onnx', import.meta.url));
const script = fileURLToPath(new URL('../../predict/predict.py', import.meta.url));
const cores = availableParallelism();

const clips = readdirSync(options.clips, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(wav|flac)$/.test(name))
  .sort()
  .slice(0, options.limit === undefined ? undefined : Number(options.limit))
  .map((name) => join(options.clips!, name));
const folder = mkdtempSync(join(tmpdir(), 'ser-bench-'));
const list = join(folder, 'clips.txt');
writeFileSync(list, clips.join('\n'));

const commands: Record<string, readonly [string, ...string[]]> = {
  'ser predict': [
    ...([process.execPath, ser, 'predict', '--from-list', list] as const),
    ...['--model', model, '--format', 'csv'],
  ],
  'Python, one loop': [options.python, script, model, list],
  [`Python, ${cores} processes`]: [options.python, script, model, list, String(cores)],
};
const outputs = new Map<string, string>();
const timings = await alternate(
  Object.entries(commands).map(([name, [command, ...args]]) => ({
    name,
    run: () => {
      const { output, ...seconds } = timeCommand(command, args);
      outputs.set(name, output);
      console.log(
        `${name}: ${seconds.wall.toFixed(1)} s, ${seconds.cpu.toFixed(1)} s of processor`,
      );
      return seconds;
    },
  })),
  { rounds: Number(options.rounds), warmUps: 0 },
);
rmSync(folder, { recursive: true });

const [ours, ...peers] = [...timings].map(([name, { rawWallMs, rawCpuMs }]) => ({
  name,
  wallSec: median(rawWallMs) / 1000,
  cpuSec: median(rawCpuMs) / 1000,
  rawWallSec: rawWallMs.map((ms) => ms / 1000),
  rawCpuSec: rawCpuMs.map((ms) => ms / 1000),
}));
const sameLabels = compareLabels(outputs.get('ser predict')!, outputs.get(peers[0]!.name)!);
if (sameLabels < fewestSameLabels) {
  throw new Error(`Only ${100 * sameLabels} % of the labels are the same: not the same work.`);
}
const results = {
  machine: describeMachine(),
  clips: { source: basename(options.clips), count: clips.length, rounds: Number(options.rounds) },
  sameLabels,
  commands: [ours, ...peers],
  verdicts: peers.map(({ name, wallSec, cpuSec }, at) => ({
    against: name,
    // People write the loop; the pool is told beside it.
    goal: at === 0 ? goal : null,
    ratio: ours!.wallSec / wallSec,
    cpuRatio: ours!.cpuSec / cpuSec,
  })),
};
writeFileSync(
  new URL('../../results/predict.json', import.meta.url),
  `${JSON.stringify(results, null, 1)}\n`,
);
console.table(results.verdicts);

/** Share of the clips that two CSV outputs label alike. */
function compareLabels(mine: string, other: string): number {
  const read = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[1]);
  const labels = read(other);
  return read(mine).filter((label, at) => label === labels[at]).length / clips.length;
}
