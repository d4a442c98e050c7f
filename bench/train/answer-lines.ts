import { createInterface } from 'node:readline';

/** Answers each JSON line on stdin with what the named task takes, until stdin ends. */
export async function answerLines(tasks: Record<string, () => unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { run } = JSON.parse(line) as { run: string };
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    const extra = await tasks[run]!();
    const { user, system } = process.cpuUsage(cpuStart);
    const wall = (performance.now() - start) / 1000;
    const answer = { wall, cpu: (user + system) / 1e6, ...(extra as object | undefined) };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
