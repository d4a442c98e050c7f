import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashFiles } from '../../src/datasets/hash-files.ts';
import { makeFolder } from '../corpora/fake-corpus.ts';

it('hashes what is there, in order, and says why not of what is not', async () => {
  const directory = await makeFolder(['a.wav', 'folder/b.wav']);
  const paths = ['gone.wav', 'a.wav', 'folder', 'folder/b.wav'].map((id) => join(directory, id));
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(await hashFiles(paths)).toEqual([
    { failure: 'the file vanished before it was read' },
    { contentHash: sha256('a.wav'), byteLength: 5 },
    { failure: expect.stringMatching(/^the file could not be read: EISDIR/) },
    { contentHash: sha256('folder/b.wav'), byteLength: 12 },
  ]);
});
