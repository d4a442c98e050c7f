/**
 * `ser serve` under load, against the same service in Python (peer.py) with the same model on the
 * same cores, in turns in one run. The load comes from this process, on the same machine. Writes
 * results/serve.json.
 *
 *   pnpm --filter @ser/bench serve --python <python with serve/requirements.txt> [--clips <folder>]
 *     [--seconds 60] [--clients 200] [--rounds 1]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readModelFile } from '@ser/runtime';
import autocannon from 'autocannon';
import { median } from '../features/alternate.ts';
import { describeMachine } from '../features/machine.ts';
import { loadUploads, type Uploads } from './clips.ts';
import { ServerProcess } from './server-process.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    clips: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    clients: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '1' },
  },
});
const seconds = Number(options.seconds);
const clients = Number(options.clients);
const goal = 3;
const mostDifference = 0.02;

const ser = fileURLToPath(new URL('../../../apps/cli/bin/ser.js', import.meta.url));
const model = fileURLToPath(new URL('../../../models/model.onnx', import.meta.url));
const peer = fileURLToPath(new URL('../../serve/peer.py', import.meta.url));
const workers = String(availableParallelism());

const contenders = {
  'ser serve': (port: number) => ({
    command: process.execPath,
    args: [ser, 'serve', '--model', model, '--port', `${port}`, '--workers', workers],
  }),
  'FastAPI, librosa, onnxruntime': (port: number) => ({
    command: options.python,
    args: [peer, model, `${port}`, workers],
  }),
};
type Name = keyof typeof contenders;
const names = Object.keys(contenders) as Name[];

type Round = Awaited<ReturnType<typeof load>> & { server: Name };

const uploads = await loadUploads(options.clips);
const rounds: Round[] = [];
let port = 18_080;
for (let round = 0; round < Number(options.rounds); round++) {
  const answers: Record<string, number>[] = [];
  for (const name of names) {
    const { command, args } = contenders[name](++port);
    const server = await ServerProcess.start(command, args, `http://127.0.0.1:${port}`);
    try {
      answers.push(await predictOne(server.url, uploads.files[0]!));
      const measured = await load(server, uploads);
      rounds.push({ server: name, ...measured });
      const { perSec, p99Ms, statuses } = measured;
      console.log(
        `${name}: ${perSec.toFixed(1)}/s, ${measured.cpuMsPerClip.toFixed(1)} ms of processor a clip, p99 ${p99Ms} ms, ${JSON.stringify(statuses)}`,
      );
    } finally {
      await server.stop();
    }
  }
  checkSame(answers as [Record<string, number>, Record<string, number>]);
}

const rate = (name: Name) =>
  median(rounds.filter(({ server }) => server === name).map(({ perSec }) => perSec));
const cpu = (name: Name) =>
  median(rounds.filter(({ server }) => server === name).map(({ cpuMsPerClip }) => cpuMsPerClip));
const [ours, theirs] = names as [Name, Name];
const { files, ...described } = uploads;
const results = {
  machine: describeMachine(),
  model: readModelFile(readFileSync(model)).name,
  clips: { ...described, meanKib: Math.round(mean(files.map(({ length }) => length)) / 1024) },
  clients,
  seconds,
  rounds,
  verdict: {
    goal,
    ratio: rate(ours) / rate(theirs),
    cpuRatio: cpu(theirs) / cpu(ours),
  },
};
writeFileSync(
  new URL('../../results/serve.json', import.meta.url),
  `${JSON.stringify(results, null, 2)}\n`,
);
console.log(results.verdict);

/** Keeps `clients` requests under way for `seconds`, and watches the server's memory meanwhile. */
async function load(server: ServerProcess, { files: bodies }: Uploads) {
  const before = server.measure();
  const residentMiB: number[] = [before.residentMiB];
  const timer = setInterval(() => residentMiB.push(server.measure().residentMiB), 1000);
  const result = await autocannon({
    url: `${server.url}/v1/predict`,
    connections: clients,
    duration: seconds,
    timeout: 120,
    requests: bodies.map((body) => ({ method: 'POST', body })),
  });
  clearInterval(timer);
  const { cpuSec } = server.measure();
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [status, count ?? 0]),
  );
  const answered = statuses['200'] ?? 0;
  return {
    perSec: answered / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    statuses,
    errors: result.errors,
    timeouts: result.timeouts,
    cpuMsPerClip: (1000 * (cpuSec - before.cpuSec)) / answered,
    residentMiB,
  };
}

async function predictOne(url: string, body: Buffer): Promise<Record<string, number>> {
  const response = await fetch(`${url}/v1/predict`, { method: 'POST', body: new Uint8Array(body) });
  const { probabilities } = (await response.json()) as { probabilities: Record<string, number> };
  return probabilities;
}

/** Servers that disagree do not do the same work. */
function checkSame([mine, other]: [Record<string, number>, Record<string, number>]): void {
  for (const [label, value] of Object.entries(mine)) {
    if (Math.abs(value - other[label]!) > mostDifference) {
      throw new Error(`${label}: ${value} here, ${other[label]} in Python.`);
    }
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
