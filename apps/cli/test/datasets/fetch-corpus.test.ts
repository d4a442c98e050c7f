import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { fetchCorpus } from '../../src/datasets/fetch-corpus.ts';
import { type CorpusSource, corpusSources } from '../../src/datasets/sources.ts';
import { serve, startServer } from './hostile-server.ts';

const clips = { '1001_DFA_ANG_XX.wav': 'first clip', '1001_DFA_SAD_XX.wav': 'second clip' };

function toPointer(content: string): string {
  const oid = createHash('sha256').update(content).digest('hex');
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
}

async function zip(entries: Record<string, string>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(entries))
    archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return buffer(archive.outputStream as NodeJS.ReadableStream);
}

const pointers = Object.entries(clips).map(([name, content]) => [
  `CREMA-D-master/AudioWAV/${name}`,
  toPointer(content),
]);
const archive = await zip({
  ...Object.fromEntries(pointers),
  'CREMA-D-master/VideoFlash/1001_DFA_ANG_XX.flv': toPointer('film'),
  'CREMA-D-master/README.md': 'words',
});
const plain = await zip({ 'TESS/OAF_back_angry.wav': 'sound' });
const another = await zip({ 'TESS/OAF_back_angry.wav': 'another sound' });

let isSpoiled = false;
const { toUrl, requests } = startServer({
  'master.zip': serve(archive),
  'tess.zip': (...call) => serve(isSpoiled ? another : plain)(...call),
  'clips/1001_DFA_ANG_XX.wav': serve(Buffer.from(clips['1001_DFA_ANG_XX.wav'])),
  'clips/1001_DFA_SAD_XX.wav': (...call) =>
    serve(Buffer.from(isSpoiled ? 'other clip!' : clips['1001_DFA_SAD_XX.wav']))(...call),
});

let folder: string;
let out: string;
beforeEach(() => {
  isSpoiled = false;
  folder = mkdtempSync(join(tmpdir(), 'ser-corpus-'));
  out = join(folder, 'data', 'corpus');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tess = (): CorpusSource => ({ ...corpusSources.tess, archiveUrl: toUrl('tess.zip') });
const cremaD = (): CorpusSource => ({
  ...corpusSources['crema-d'],
  archiveUrl: toUrl('master.zip'),
  clipUrl: toUrl('clips/'),
});

describe('fetchCorpus', () => {
  it('leaves the clips and where they are from, and no trace of the work', async () => {
    expect(await fetchCorpus(tess(), { out })).toBe(1);
    expect(readdirSync(out).sort()).toEqual(['TESS', 'source.json']);
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['corpus', 'corpus.sha256']);
    expect(JSON.parse(readFileSync(join(out, 'source.json'), 'utf8'))).toMatchObject({
      ...{ name: 'tess', licence: 'CC BY-NC-ND 4.0', url: toUrl('tess.zip'), files: 1 },
      archive: { bytes: plain.length, isChecksumPublished: false },
    });
  });

  it('holds a later download to the first one, where no checksum is published', async () => {
    await fetchCorpus(tess(), { out });
    rmSync(out, { recursive: true });
    isSpoiled = true;
    const error = await fetchCorpus(tess(), { out }).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(error.message).toMatch(/another than at the first download .* remove .*corpus\.sha256/);
    expect(existsSync(out)).toBe(false);
  });

  it('touches no folder that holds something', async () => {
    await fetchCorpus(tess(), { out });
    await expect(fetchCorpus(tess(), { out })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining('downloaded already'),
    });
    rmSync(join(out, 'source.json'));
    await expect(fetchCorpus(tess(), { out })).rejects.toThrow('is not empty');
  });

  it('gets the clips that Git LFS pointers stand for', async () => {
    expect(await fetchCorpus(cremaD(), { out })).toBe(2);
    for (const [name, content] of Object.entries(clips)) {
      expect(readFileSync(join(out, name), 'utf8')).toBe(content);
    }
    expect(readdirSync(out).sort()).toEqual([...Object.keys(clips), 'source.json']);
  });

  it('refuses a clip that its pointer does not describe, and keeps the others for a later call', async () => {
    isSpoiled = true;
    const error = await fetchCorpus(cremaD(), { out }).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(existsSync(out)).toBe(false);
    isSpoiled = false;
    const before = requests.length;
    await fetchCorpus(cremaD(), { out });
    expect(requests.slice(before).map(({ name }) => name)).toEqual(['clips/1001_DFA_SAD_XX.wav']);
  });

  it('fetches an archive anew that could not be unpacked', async () => {
    const source = { ...tess(), entries: /\.flac$/ };
    await expect(fetchCorpus(source, { out })).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    expect(await fetchCorpus(tess(), { out })).toBe(1);
  });

  it('takes an empty folder for its own', async () => {
    writeFileSync(join(folder, 'x'), '');
    await fetchCorpus(tess(), { out: join(folder, 'new') });
    expect(existsSync(join(folder, 'new', 'TESS', 'OAF_back_angry.wav'))).toBe(true);
  });
});
