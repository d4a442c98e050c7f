import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';

/**
 * Writes a file so that a reader sees the old content or the new one, never a part: the bytes go to
 * a sibling, are flushed to the disk, and take the name in one rename. Missing folders are made.
 *
 * @param options.flush false for what can be made again, such as a cache: faster, and after a power
 *   failure the file may be cut off. Default true.
 * @throws SerError FILE_UNWRITABLE that names the file and the system's reason, such as a full disk;
 *   nothing is left behind and an older file stays as it was
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const temporaryPath = `${path}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporaryPath, 'wx');
    try {
      await file.writeFile(content);
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporaryPath, path);
  } catch (cause) {
    await rm(temporaryPath, { force: true }).catch(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerError('FILE_UNWRITABLE', `${path} could not be written: ${reason}.`, { cause });
  }
}

/** Removes what {@link writeFileAtomic} left in a folder when its process was killed on the way. */
export async function removeTemporaries(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const left = names.filter((name) => /\.\d+-[0-9a-f]{8}\.tmp$/.test(name));
  await Promise.all(left.map((name) => rm(join(directory, name), { force: true })));
}
