import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The file behind the command `ser`. */
export const serPath = fileURLToPath(new URL('../../apps/cli/bin/ser.js', import.meta.url));

/** How a command ended. */
export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Settings of {@link runCommand}. */
export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Called for every piece of standard output, with the running process. */
  onOutput?: (text: string, child: ChildProcess) => void;
}

/** Runs `ser` as a user would, and waits for its end. */
export function runSer(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return runCommand(process.execPath, [serPath, ...args], options);
}

/** Runs a command without a shell, and waits for its end. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, cwd, onOutput }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.(text, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Runs `ser` and returns its standard output as JSON; an exit code other than 0 is an error. */
export async function readSerJson<T>(args: readonly string[]): Promise<T> {
  return JSON.parse(await readSerOutput(args)) as T;
}

/** Runs `ser` and returns its standard output; an exit code other than 0 is an error. */
export async function readSerOutput(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runSer(args);
  if (exitCode !== 0) throw new Error(`ser ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return stdout;
}
