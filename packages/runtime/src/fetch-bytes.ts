import { SerError } from '@ser/dsp-wasm';

/**
 * Fetches a URL's bytes.
 *
 * @throws SerError `FILE_NOT_FOUND` for status 404 or 410, `FILE_UNREADABLE` for any other failure,
 *   `ABORTED` after the signal; without the URL.
 */
export async function fetchBytes(url: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    const response = await fetch(url, signal ? { signal } : undefined);
    if (!response.ok) {
      const code =
        response.status === 404 || response.status === 410 ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
      throw new SerError(code, `The server answered with status ${response.status}.`);
    }
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    if (signal?.aborted) throw new SerError('ABORTED', 'The download was stopped.', { cause });
    throw new SerError('FILE_UNREADABLE', 'The address cannot be reached.', { cause });
  }
}
