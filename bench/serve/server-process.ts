import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of `/proc/<pid>/stat` in a second. */
const ticksPerSec = 100;

/** What a server and its workers have taken. */
export interface Usage {
  cpuSec: number;
  residentMiB: number;
}

/** A server in a process of its own, with whatever processes it starts. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  /** Starts it and waits until it says that it is ready. */
  static async start(command: string, args: readonly string[], url: string) {
    const server = new ServerProcess(command, args, url);
    while (!(await fetch(`${url}/readyz`).catch(() => null))?.ok) {
      if (server.#child.exitCode !== null) throw new Error(`${command} ended; see above.`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return server;
  }

  private constructor(command: string, args: readonly string[], url: string) {
    this.url = url;
    this.#child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Of the whole tree of processes, from Linux's `/proc`. */
  measure(): Usage {
    let [ticks, pages] = [0, 0];
    for (const fields of listTree(this.#child.pid!)) {
      ticks += Number(fields[11]) + Number(fields[12]);
      pages += Number(fields[21]);
    }
    return { cpuSec: ticks / ticksPerSec, residentMiB: Math.round((pages * 4096) / 2 ** 20) };
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** The fields of `stat` after the name, of a process and all its descendants. */
function listTree(root: number): string[][] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return [{ id: Number(name), parent: Number(fields[1]), fields }];
      } catch {
        return [];
      }
    });
  const tree = new Set([root]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const { id, parent } of processes) if (tree.has(parent)) tree.add(id);
  }
  return processes.filter(({ id }) => tree.has(id)).map(({ fields }) => fields);
}
