import { SerError, type SerErrorCode } from '@ser/dsp-wasm';

/** What goes wrong whatever the file. */
const ofNoFile: readonly SerErrorCode[] = ['DISPOSED', 'RUNTIME_UNAVAILABLE', 'WASM_UNAVAILABLE'];
/** A longer name is cut; a `data:` URL has the whole file in it. */
const mostShown = 200;

/** The same error with the name of the file it is about in front. */
export function nameSource(error: unknown, name: string | undefined): unknown {
  if (!(error instanceof SerError) || name === undefined || ofNoFile.includes(error.code)) {
    return error;
  }
  return new SerError(error.code, `${shorten(name)}: ${error.message}`, { cause: error });
}

/** A name or value for a message: its start and its end, where it is long. */
export function shorten(text: string): string {
  if (text.length <= mostShown) return text;
  return `${text.slice(0, mostShown / 2)}…${text.slice(1 - mostShown / 2)}`;
}
