import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SerError } from '@ser/dsp-wasm';
import { hashFile } from './hash-file.ts';
import type { Checksum } from './sources.ts';

/** Settings of {@link downloadFile}. */
export interface DownloadOptions {
  /** The finished file. What is there so far lies beside it as `.part`, and a later call goes on from it. */
  path: string;
  /** What the file must hash to; null: not known. */
  checksum: Checksum | null;
  /** Length that is known, else the length that the server states is held to. */
  byteLength?: number | undefined;
  /** More is never written. */
  maxBytes: number;
  onProgress?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
  /** Waits before further tries that bring nothing new, in milliseconds. Default 1, 2, 4 and 8 s. */
  retryMs?: readonly number[];
  /** A server that sends nothing for so long has broken off. Default 60 s. */
  idleMs?: number;
}

/** A failure that another try may mend. */
class BrokenOff extends Error {}

/**
 * Downloads a file: goes on where an earlier try broke off (HTTP ranges, only while the server still
 * has the same file), tries again a few times, and gives the file its name only once length and
 * checksum are right.
 *
 * @throws SerError `DOWNLOAD_FAILED` that says what the server did, or that the checksum is wrong;
 *   `ABORTED` after the signal, and then the part stays.
 */
export async function downloadFile(url: string, options: DownloadOptions): Promise<void> {
  const { path, checksum, signal, retryMs = [1000, 2000, 4000, 8000] } = options;
  const part = `${path}.part`;
  // Tries in a row that brought nothing new; what breaks off often still comes to its end.
  let failures = 0;
  let most = 0;
  while (true) {
    try {
      await fetchRest(url, part, options);
      break;
    } catch (error) {
      if (signal?.aborted) throw new SerError('ABORTED', 'The download was stopped.');
      if (error instanceof SerError) throw error;
      const reason = describe(error);
      if (!(error instanceof BrokenOff) && !(error instanceof TypeError)) throw error;
      const { bytes = 0 } = (await readPart(part, url)) ?? {};
      if (bytes > most) failures = 0;
      most = Math.max(most, bytes);
      if (failures >= retryMs.length) {
        throw new SerError('DOWNLOAD_FAILED', `${url} cannot be downloaded: ${reason}.`, {
          cause: error,
        });
      }
      await sleep(retryMs[failures++]);
    }
  }
  if (checksum) {
    const found = await hashFile(part, checksum.algorithm, signal);
    if (found !== checksum.value) {
      await rm(part, { force: true });
      await rm(`${part}.json`, { force: true });
      throw new SerError(
        'DOWNLOAD_FAILED',
        `${url} is not the file that was published: its ${checksum.algorithm} is ${found}, not ${checksum.value}.`,
      );
    }
  }
  await rename(part, path);
  await rm(`${part}.json`, { force: true });
}

/** Fetches what a part lacks. */
async function fetchRest(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { byteLength, maxBytes, onProgress, signal, idleMs = 60_000 } = options;
  const have = await readPart(part, url);
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), idleMs);
  const stop = signal ? AbortSignal.any([signal, idle.signal]) : idle.signal;
  try {
    const response = await fetch(url, {
      signal: stop,
      headers: {
        // A packed answer would make lengths and ranges meaningless.
        'accept-encoding': 'identity',
        ...(have && { range: `bytes=${have.bytes}-`, 'if-range': have.validator }),
      },
    });
    if (response.status === 416 && have) {
      await rm(part, { force: true });
      throw new BrokenOff('what was there does not fit the file');
    }
    checkStatus(url, response);
    const isRest = response.status === 206 && readRangeStart(response) === have?.bytes;
    if (response.status === 206 && !isRest) {
      await rm(part, { force: true });
      throw new BrokenOff('the server sent another range than asked for');
    }
    const start = isRest ? have!.bytes : 0;
    const stated = readLength(response);
    const total = byteLength ?? (stated === null ? null : start + stated);
    if (byteLength !== undefined && stated !== null && start + stated !== byteLength) {
      throw new SerError(
        'DOWNLOAD_FAILED',
        `${url} has ${start + stated} bytes; the published file has ${byteLength}.`,
      );
    }
    if ((total ?? 0) > maxBytes) throw tooLong(url, maxBytes);
    await writeValidator(part, url, response);
    let bytes = start;
    const count = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        timer.refresh();
        bytes += chunk.byteLength;
        if (bytes > (total ?? maxBytes)) throw tooLong(url, total ?? maxBytes);
        onProgress?.(bytes);
        yield chunk;
      }
    };
    await pipeline(
      Readable.fromWeb(response.body!),
      count,
      createWriteStream(part, { flags: isRest ? 'a' : 'w' }),
      { signal: stop },
    ).catch((cause) => {
      if (cause instanceof SerError || 'syscall' in cause) throw cause;
      throw new BrokenOff(`the connection broke off after ${bytes} bytes`, { cause });
    });
    if (total !== null && bytes !== total) {
      throw new BrokenOff(`the connection broke off after ${bytes} of ${total} bytes`);
    }
  } catch (error) {
    if (idle.signal.aborted) throw new BrokenOff(`nothing came for ${idleMs / 1000} s`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function checkStatus(url: string, response: Response): void {
  if (response.ok) {
    if (url.startsWith('https:') && !response.url.startsWith('https:')) {
      throw new SerError(
        'DOWNLOAD_FAILED',
        `${url} leads to ${response.url}, which is not encrypted.`,
      );
    }
    return;
  }
  const { status, statusText } = response;
  if (status >= 500 || status === 429) throw new BrokenOff(`the server answered ${status}`);
  throw new SerError(
    'DOWNLOAD_FAILED',
    `${url} cannot be downloaded: the server answered ${status} ${statusText}.`.replace(' .', '.'),
  );
}

interface Part {
  bytes: number;
  validator: string;
}

/** What there is of the file so far, and what tells whether the server still has that file. */
async function readPart(part: string, url: string): Promise<Part | null> {
  const bytes = (await stat(part).catch(() => null))?.size ?? 0;
  const noted = await readFile(`${part}.json`, 'utf8')
    .then((text) => JSON.parse(text) as { url: string; validator: string })
    .catch(() => null);
  return bytes > 0 && noted?.url === url ? { bytes, validator: noted.validator } : null;
}

/** Without a strong validator a rest could be another file's; then a later try begins anew. */
async function writeValidator(part: string, url: string, response: Response): Promise<void> {
  const tag = response.headers.get('etag');
  const validator = tag?.startsWith('"') ? tag : response.headers.get('last-modified');
  if (validator) await writeFile(`${part}.json`, JSON.stringify({ url, validator }));
  else await rm(`${part}.json`, { force: true });
}

function readRangeStart(response: Response): number | null {
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return range ? Number(range[1]) : null;
}

function readLength(response: Response): number | null {
  const text = response.headers.get('content-length');
  return text === null ? null : Number(text);
}

function tooLong(url: string, limit: number): SerError {
  return new SerError(
    'DOWNLOAD_FAILED',
    `${url} sends more than ${limit} bytes, which are enough.`,
  );
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  const reason = message === 'fetch failed' && cause instanceof Error ? cause.message : message;
  return reason.replace(/\.$/, '');
}
