import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { SerError } from '@ser/dsp-wasm';
import yauzl from 'yauzl';

/** What an archive may hold at most; a published corpus stays far below. */
export interface UnpackLimits {
  entries: number;
  /** All that is unpacked together. */
  totalBytes: number;
  /** Unpacked to packed length of an entry over 1 MB; speech packs to about a half. */
  ratio: number;
}

/** Limits for a corpus of speech. */
export const corpusLimits: UnpackLimits = { entries: 50_000, totalBytes: 4e9, ratio: 100 };

/** Settings of {@link unpackZip}. */
export interface UnpackOptions {
  /** Which entries are unpacked; the others never touch the disk. */
  entries: RegExp;
  limits?: UnpackLimits;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

const kindMask = 0o170_000;
const [regularFile, folder] = [0o100_000, 0o040_000];

/**
 * Unpacks files of a ZIP archive into an empty folder. Nothing leaves the folder: absolute names, `..`,
 * links and devices are refused, as are encrypted entries, wrong checksums, two entries of one name, and
 * more entries, bytes or compression than the limits allow. What an entry holds is counted as it is
 * unpacked, whatever it says of itself.
 *
 * @returns the number of files written.
 * @throws SerError `ARCHIVE_INVALID`, `ABORTED` after the signal.
 */
export async function unpackZip(
  archive: string,
  directory: string,
  { entries, limits = corpusLimits, onProgress, signal }: UnpackOptions,
): Promise<number> {
  const refuse = (reason: string, cause?: unknown): SerError =>
    new SerError('ARCHIVE_INVALID', `The archive ${archive} is refused: ${reason}.`, { cause });
  const open = promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open);
  const zip = await open(archive, {
    lazyEntries: true,
    autoClose: false,
    strictFileNames: true,
  }).catch((cause: Error) => {
    throw refuse(lowerFirst(cause.message), cause);
  });
  let files = 0;
  let totalBytes = 0;
  try {
    if (zip.entryCount > limits.entries) {
      throw refuse(`it has ${zip.entryCount} entries; at most ${limits.entries} are unpacked`);
    }
    let done = 0;
    for await (const entry of zip.eachEntry()) {
      if (signal?.aborted) throw new SerError('ABORTED', 'Unpacking was stopped.');
      if (
        !entry.fileName.endsWith('/') &&
        entries.test(entry.fileName) &&
        !isHidden(entry.fileName)
      ) {
        checkEntry(entry, limits, refuse);
        const target = resolve(directory, entry.fileName);
        if (!target.startsWith(resolve(directory) + sep)) {
          throw refuse(`${entry.fileName} lies outside of its folder`);
        }
        await mkdir(dirname(target), { recursive: true });
        totalBytes += await writeEntry(zip, entry, target, limits.totalBytes - totalBytes, refuse);
        files++;
      }
      onProgress?.(++done, zip.entryCount);
    }
  } catch (error) {
    if (error instanceof SerError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw refuse(`it holds ${(error as NodeJS.ErrnoException).path} twice`, error);
    }
    if ((error as NodeJS.ErrnoException).syscall) throw error;
    throw refuse(lowerFirst((error as Error).message), error);
  } finally {
    zip.close();
  }
  if (files === 0) throw refuse('it holds none of the files that are looked for');
  return files;
}

type Refuse = (reason: string, cause?: unknown) => SerError;

function checkEntry(entry: yauzl.Entry, limits: UnpackLimits, refuse: Refuse): void {
  const { fileName, compressedSize, uncompressedSize } = entry;
  const kind = (entry.externalFileAttributes >>> 16) & kindMask;
  if (kind !== 0 && kind !== regularFile && kind !== folder) {
    throw refuse(`${fileName} is a link or a device`);
  }
  if (entry.isEncrypted()) throw refuse(`${fileName} is encrypted`);
  if (uncompressedSize > 1e6 && uncompressedSize > limits.ratio * compressedSize) {
    throw refuse(
      `${fileName} would grow to ${Math.round(uncompressedSize / compressedSize)} times its packed length`,
    );
  }
}

async function writeEntry(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  target: string,
  bytesLeft: number,
  refuse: Refuse,
): Promise<number> {
  let bytes = 0;
  let checksum = 0;
  const count = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > bytesLeft) throw refuse('it holds more than the limit of bytes');
      checksum = zlib.crc32(chunk, checksum);
      yield chunk;
    }
  };
  await pipeline(
    await zip.openReadStreamPromise(entry),
    count,
    createWriteStream(target, { flags: 'wx', mode: 0o644 }),
  );
  if (checksum !== entry.crc32) throw refuse(`${entry.fileName} is damaged`);
  return bytes;
}

/** `__MACOSX/._a.wav` is no clip. */
function isHidden(fileName: string): boolean {
  return fileName.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
