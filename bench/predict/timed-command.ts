import { spawnSync } from 'node:child_process';
import type { Seconds } from '../features/alternate.ts';

/**
 * Runs a whole command and waits for its end: what it printed, and what it and all processes it
 * started took.
 */
export function timeCommand(
  command: string,
  args: readonly string[],
): Seconds & { output: string } {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" 2>/dev/null';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, command, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  const [wall, user, system] = stderr.trim().split(' ').map(Number) as [number, number, number];
  return { wall, cpu: user + system, output: stdout };
}
