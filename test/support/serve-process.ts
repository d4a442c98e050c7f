import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, serPath } from './run-ser.ts';

/** The small model of the runtime's own tests. */
export const tinyModelPath = join(root, 'packages/runtime/test/fixtures/tiny-model.onnx');

/** A line of the server's log. */
export type LogLine = Record<string, unknown> & { event: string };

/** A running `ser serve`. */
export class ServeProcess {
  readonly child: ChildProcess;
  /** Every line of the log so far. */
  readonly log: LogLine[] = [];
  /** What it said on standard error. */
  complaints = '';
  url = '';

  /** Starts `ser serve` on a free port and waits until it listens. */
  static async start(
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<ServeProcess> {
    const all = ['serve', '--port', '0', '--model', tinyModelPath, ...args];
    const server = new ServeProcess(all, env);
    const listening = await server.waitForEvent('listening');
    server.url = String(listening.url);
    return server;
  }

  private constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, [serPath, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.log.push(JSON.parse(line) as LogLine);
      this.child.emit('log');
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.complaints += text;
    });
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Waits for a line of the log, also one that has been written already. */
  async waitForEvent(event: string): Promise<LogLine> {
    for (;;) {
      const found = this.log.find((line) => line.event === event);
      if (found) return found;
      if (this.child.exitCode !== null) throw new Error(`ser serve ended: ${this.complaints}`);
      await Promise.race([once(this.child, 'log'), once(this.child, 'exit')]);
    }
  }

  /** Process ids of its workers. */
  listWorkers(): number[] {
    return listChildren(this.child.pid!);
  }

  /** Sends a signal and returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }

  /** Posts a body and returns the status with the answer's JSON. */
  async post(path: string, body: BodyInit, headers: Record<string, string> = {}) {
    const response = await fetch(this.url + path, { method: 'POST', body, headers });
    return { status: response.status, body: await response.json() };
  }

  /** The value of a figure of `/metrics`, the first one whose line starts with `name`. */
  async readMetric(name: string, headers: Record<string, string> = {}): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`, { headers })).text();
    const line = text.split('\n').find((it) => it.startsWith(name));
    return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')));
  }
}

/** Ids of the children of a process, from Linux's `/proc`. */
function listChildren(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readStatus(name).parent === pid)
    .map(Number);
}

function readStatus(pid: number | string): { parent: number; residentMiB: number } {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const read = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
    return { parent: read('PPid'), residentMiB: read('VmRSS') / 1024 };
  } catch {
    return { parent: -1, residentMiB: 0 };
  }
}

/** Resident memory of a process. */
export function readResidentMiB(pid: number): number {
  return readStatus(pid).residentMiB;
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  return readStatus(pid).parent !== -1;
}

/** Waits until a condition holds; the test's own time limit ends it. */
export async function waitUntil(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25));
}
