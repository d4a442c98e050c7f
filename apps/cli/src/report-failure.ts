import { SerError } from '@ser/dsp-wasm';
import { CommanderError } from 'commander';

/** Exit codes of `ser`: 1 when something could not be done, 2 for wrong usage. */
export const exitCodes = { failure: 1, usage: 2 } as const;

/**
 * Says on standard error what went wrong, in one sentence, and returns the exit code. Only an
 * error that nobody foresaw shows its stack.
 */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : exitCodes.usage;
  }
  if (error instanceof SerError) {
    process.stderr.write(`ser: ${error.message}\n`);
    return error.code === 'INVALID_ARGUMENT' ? exitCodes.usage : exitCodes.failure;
  }
  process.stderr.write(`ser: unexpected ${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCodes.failure;
}
