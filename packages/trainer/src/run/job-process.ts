import { fork } from 'node:child_process';
import { SerError } from '@ser/dsp-wasm';
import type { JobMessage } from './run-job.ts';
import type { TrainEvent } from './train.ts';

/** Settings of {@link runJob}. */
export interface JobOptions {
  onEvent: (event: TrainEvent) => void;
  /** Kills the process; its checkpoint stays. */
  signal: AbortSignal;
}

/**
 * Trains the run of a folder in a process of its own, and resolves when it is done.
 *
 * @throws SerError what the process failed with, `ABORTED` after the signal, or `RUN_INVALID` where
 *   it ended without a word.
 */
export function runJob(directory: string, { onEvent, signal }: JobOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new SerError('ABORTED', `${directory} was not run.`));
    const child = fork(new URL('./run-job.js', import.meta.url), [directory], {
      env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    let failure: Error | undefined;
    const stop = (): void => {
      failure = new SerError(
        'ABORTED',
        `The run in ${directory} was stopped; the same call goes on with it.`,
      );
      child.kill();
    };
    signal.addEventListener('abort', stop);
    child.stderr!.on('data', (chunk) => {
      errors = `${errors}${chunk}`.slice(-2000);
    });
    child.on('message', (message: JobMessage) => {
      if (message.type === 'event') return onEvent(message.event);
      const text = `${directory}: ${message.message}`;
      failure ??= message.code ? new SerError(message.code, text) : new Error(text);
    });
    child.on('error', (error) => {
      failure ??= error;
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (code === 0) return resolve();
      const end = killedBy ? `was ended by ${killedBy}` : `ended with code ${code}`;
      reject(failure ?? new SerError('RUN_INVALID', `The run in ${directory} ${end}. ${errors}`));
    });
  });
}
