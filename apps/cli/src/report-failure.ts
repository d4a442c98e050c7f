import { SerError } from '@ser/dsp-wasm';
import { type Command, CommanderError } from 'commander';

/** Exit codes of `ser`: 1 when something could not be done, 2 for wrong usage. */
export const exitCodes = { failure: 1, usage: 2 } as const;

/**
 * Says on standard error what went wrong, in one sentence, and returns the exit code. Only an
 * error that nobody foresaw shows its stack.
 */
export function reportFailure(error: unknown): number {
  // Commander has said its own already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const text = error instanceof SerError ? error.message : `unexpected ${describe(error)}`;
  process.stderr.write(`ser: ${text}\n`);
  return exitCodes.failure;
}

/**
 * Runs a task that checks options of the command line. An argument that it refuses is wrong usage;
 * anything else that stops it, such as a file that cannot be read, is a failure.
 */
export async function asUsage<T>(command: Command, task: () => T | Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SerError && error.code === 'INVALID_ARGUMENT') {
      command.error(`error: ${error.message}`);
    }
    throw error;
  }
}

function describe(error: unknown): string {
  return (error instanceof Error && error.stack) || String(error);
}
