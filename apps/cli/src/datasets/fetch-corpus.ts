import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { knownCorpora } from '@ser/trainer';
import { downloadFile } from './download-file.ts';
import { fetchLfsClips } from './fetch-lfs-clips.ts';
import { hashFile } from './hash-file.ts';
import type { CorpusSource } from './sources.ts';
import { unpackZip } from './unpack-zip.ts';

/** Lies in a downloaded corpus and says where it is from. */
export const originFile = 'source.json';

/** What `source.json` holds. */
interface Origin {
  name: string;
  url: string;
  licence: string;
  citation: string;
  archive: { bytes: number; sha256: string; isChecksumPublished: boolean };
  files: number;
}

/** Settings of {@link fetchCorpus}. */
export interface FetchCorpusOptions {
  /** Folder to make. */
  out: string;
  onProgress?: (step: 'Megabytes' | 'Unpacked' | 'Clips', done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Downloads a corpus and unpacks it into a folder that appears only once it is whole; what was
 * downloaded before an interruption is kept beside it, and the same call goes on from there.
 * `source.json` in the folder records where it is from and the archive's SHA-256. Where no checksum
 * is published, the first download's SHA-256 is also kept in a file beside the folder, and later
 * downloads are held to it.
 *
 * @returns the number of clips.
 * @throws SerError `FILE_UNWRITABLE` where the folder holds something; `DOWNLOAD_FAILED`;
 *   `ARCHIVE_INVALID`; `ABORTED`.
 */
export async function fetchCorpus(
  source: CorpusSource,
  { out, onProgress, signal }: FetchCorpusOptions,
): Promise<number> {
  await assertFree(out);
  const work = `${trimEnd(out)}.download`;
  const [archive, unpacked] = [join(work, 'archive.zip'), join(work, 'unpacked')];
  await mkdir(work, { recursive: true });
  const { archiveBytes, checksum, clipUrl } = source;
  if (!(await stat(archive).catch(() => null))) {
    // The bar reckons the time left from its steps, so each must be one.
    let shown = 0;
    await downloadFile(source.archiveUrl, {
      ...{ path: archive, checksum, signal },
      ...(checksum && { byteLength: archiveBytes }),
      maxBytes: checksum ? archiveBytes : 10 * archiveBytes,
      onProgress: (bytes) => {
        const megabytes = toMegabytes(bytes);
        if (megabytes === shown) return;
        shown = megabytes;
        onProgress?.('Megabytes', megabytes, toMegabytes(archiveBytes));
      },
    });
  }
  const sha256 = await hashFile(archive, 'sha256', signal);
  if (!checksum) await assertSameAsBefore(`${trimEnd(out)}.sha256`, sha256);
  await rm(unpacked, { recursive: true, force: true });
  let files = 0;
  let ready = unpacked;
  try {
    files = await unpackZip(archive, unpacked, {
      ...{ entries: source.entries, signal },
      onProgress: (done, total) => onProgress?.('Unpacked', done, total),
    });
    if (clipUrl) {
      ready = join(work, 'clips');
      files = await fetchLfsClips(unpacked, {
        ...{ clipUrl, directory: ready, signal },
        onProgress: (done, total) => onProgress?.('Clips', done, total),
      });
    }
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    // What cannot be unpacked once cannot be unpacked later.
    if (error instanceof SerError && error.code === 'ARCHIVE_INVALID') {
      await rm(archive, { force: true });
    }
    throw error;
  }
  const { name, licence, citation } = knownCorpora[source.name];
  const origin: Origin = {
    ...{ name, url: source.archiveUrl, licence, citation, files },
    archive: { bytes: (await stat(archive)).size, sha256, isChecksumPublished: checksum !== null },
  };
  await writeFile(join(ready, originFile), `${JSON.stringify(origin, null, 2)}\n`);
  await mkdir(dirname(out), { recursive: true });
  await rm(out, { recursive: true, force: true });
  await rename(ready, out);
  await rm(work, { recursive: true, force: true });
  return files;
}

async function assertFree(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new SerError('FILE_UNWRITABLE', `${out} cannot be written: ${error.message}.`);
  });
  if (entries.length === 0) return;
  const advice = entries.includes(originFile)
    ? 'is downloaded already; remove it to download it anew.'
    : 'is not empty: give another --out.';
  throw new SerError('FILE_UNWRITABLE', `${out} ${advice}`);
}

async function assertSameAsBefore(record: string, sha256: string): Promise<void> {
  const before = (await readFile(record, 'utf8').catch(() => null))?.trim();
  if (before === undefined) {
    await writeFile(record, `${sha256}\n`);
  } else if (before !== sha256) {
    throw new SerError(
      'DOWNLOAD_FAILED',
      `The archive is another than at the first download (SHA-256 ${sha256}, then ${before}): remove ${record} to take it nevertheless.`,
    );
  }
}

function trimEnd(folder: string): string {
  return folder.replace(/[/\\]+$/, '');
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
