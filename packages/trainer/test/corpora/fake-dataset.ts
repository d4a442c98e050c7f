import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { Clip, Dataset } from '../../src/datasets/clip.ts';
import { cremaD } from '../../src/datasets/crema-d.ts';
import { emodb } from '../../src/datasets/emodb.ts';
import { sortLabels } from '../../src/datasets/emotions.ts';
import type { NameReader } from '../../src/datasets/name-reader.ts';
import { ravdess } from '../../src/datasets/ravdess.ts';
import { listCremaNames, listEmodbNames, listRavdessNames } from './names.ts';

const corpora: Record<string, { reader: NameReader; list: () => string[] }> = {
  ravdess: { reader: ravdess, list: listRavdessNames },
  emodb: { reader: emodb, list: listEmodbNames },
  'crema-d': { reader: cremaD, list: listCremaNames },
};

/** A dataset of the published names of corpora, with no file behind it. */
export function makeDataset(...names: string[]): Dataset {
  const clips = names.flatMap((corpus) => {
    const { reader, list } = corpora[corpus]!;
    return list().map((id): Clip => {
      const parsed = reader.parse(basename(id, extname(id)));
      if (!parsed || !('label' in parsed)) throw new Error(`${id} is no name of ${corpus}`);
      const contentHash = createHash('sha256').update(id).digest('hex');
      return { id, path: `/data/${corpus}/${id}`, corpus, contentHash, ...parsed };
    });
  });
  return {
    clips,
    labels: sortLabels(clips.map(({ label }) => label)),
    corpora: names.map((name) => {
      const own = clips.filter(({ corpus }) => corpus === name);
      const speakers = new Set(own.map(({ speaker }) => speaker)).size;
      return { name, clips: own.length, speakers, licence: 'test', synthetic: false };
    }),
    layouts: [],
    skipped: [],
  };
}
