import { SerError } from '@ser/dsp-wasm';

/** How far a download has come. */
export interface DownloadProgress {
  loadedBytes: number;
  /** undefined where the server does not say, or sends the file compressed. */
  totalBytes: number | undefined;
}

export interface FetchOptions {
  signal?: AbortSignal | undefined;
  /** Called after each piece of the answer. */
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** A longer answer is no model, and no recording that is decoded at once. */
const mostBytes = 1 << 30;

/**
 * Fetches a URL's bytes, at most 1 GiB.
 *
 * @throws SerError `FILE_NOT_FOUND` for status 404 or 410, `FILE_UNREADABLE` for any other failure,
 *   `ABORTED` after the signal; without the URL.
 */
export async function fetchBytes(
  url: string | URL,
  { signal, onProgress }: FetchOptions = {},
): Promise<Uint8Array> {
  try {
    const response = await fetch(url, signal ? { signal } : undefined);
    if (!response.ok) {
      const code =
        response.status === 404 || response.status === 410 ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
      throw new SerError(code, `The server answered with status ${response.status}.`);
    }
    return await readBody(response, onProgress);
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    if (signal?.aborted) throw new SerError('ABORTED', 'The download was stopped.', { cause });
    throw new SerError('FILE_UNREADABLE', 'The address cannot be reached.', { cause });
  }
}

async function readBody(
  response: Response,
  onProgress: FetchOptions['onProgress'],
): Promise<Uint8Array> {
  const isPlain = !response.headers.has('content-encoding');
  const stated = Number(response.headers.get('content-length') ?? Number.NaN);
  const totalBytes = isPlain && stated >= 0 ? stated : undefined;
  const pieces: Uint8Array[] = [];
  let loadedBytes = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    loadedBytes += value.length;
    if (loadedBytes > mostBytes) {
      await reader.cancel();
      throw new SerError(
        'FILE_UNREADABLE',
        `The server sends more than ${mostBytes} bytes, the most that are read.`,
      );
    }
    onProgress?.({ loadedBytes, totalBytes });
  }
  return joinPieces(pieces, loadedBytes);
}

function joinPieces(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}
