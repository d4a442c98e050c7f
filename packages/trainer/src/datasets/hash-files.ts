import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const filesAtOnce = 8;

/** A file's SHA-256 in hexadecimal and its length in bytes, or why it could not be read. */
export type FileDigest = { contentHash: string; byteLength: number } | { failure: string };

/**
 * Hashes files, eight at a time and each in chunks, so memory does not grow with their sizes.
 * Results stand in the order of `paths`; a file that cannot be read stops no other.
 */
export async function hashFiles(paths: readonly string[]): Promise<FileDigest[]> {
  const digests = new Array<FileDigest>(paths.length);
  let next = 0;
  const work = async () => {
    while (next < paths.length) {
      const at = next++;
      digests[at] = await hashFile(paths[at]!);
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, work));
  return digests;
}

async function hashFile(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  const stream = createReadStream(path);
  try {
    await pipeline(stream, hash);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { failure: 'the file vanished before it was read' };
    return { failure: `the file could not be read: ${message}` };
  }
  return { contentHash: hash.digest('hex'), byteLength: stream.bytesRead };
}
