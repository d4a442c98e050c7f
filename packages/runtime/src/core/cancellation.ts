import { SerError } from '@ser/dsp-wasm';

/** @throws SerError `ABORTED` once the signal is. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new SerError('ABORTED', 'The prediction was stopped.', { cause: signal.reason });
  }
}
