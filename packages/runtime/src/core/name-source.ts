import { SerError } from '@ser/dsp-wasm';

/** The same error with the name of the file it is about in front. */
export function nameSource(error: unknown, name: string | undefined): unknown {
  if (!(error instanceof SerError) || name === undefined) return error;
  return new SerError(error.code, `${name}: ${error.message}`, { cause: error });
}
