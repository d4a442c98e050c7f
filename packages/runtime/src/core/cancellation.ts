import { SerError } from '@ser/dsp-wasm';

/** @throws SerError `ABORTED` once the signal is. */
export function throwIfAborted(signal: AbortSignal | undefined, what = 'The prediction'): void {
  if (signal?.aborted) {
    throw new SerError('ABORTED', `${what} was stopped.`, { cause: signal.reason });
  }
}

/** The error of whatever is asked of a classifier that was disposed of. */
export function createDisposedError(): SerError {
  return new SerError('DISPOSED', 'The classifier was disposed of; create another one.');
}
