import { readDataset } from '@ser/trainer';
import { describe, expect, it } from 'vitest';
import { locateCorpus } from '../support/real-data.ts';

describe('the readers on the real corpora', () => {
  it('count clips, speakers and labels, and drop the four pairs of twins, as which no others are taken', async () => {
    const dataset = await readDataset(['ravdess', 'emodb', 'crema-d'].map(locateCorpus));
    expect(dataset.corpora.map(({ name, clips, speakers }) => [name, clips, speakers])).toEqual([
      ['ravdess', 1439, 24],
      ['emodb', 535, 10],
      ['crema-d', 2930, 36],
    ]);
    expect(dataset.skipped.map(({ reason }) => reason)).toEqual([
      'byte-identical to ravdess/Actor_07/03-01-03-01-02-01-07.flac',
      'the same recording as crema-d/1020_IEO_ANG_LO.flac by its sound',
      'the same recording as crema-d/1028_IEO_HAP_LO.flac by its sound',
      'the same recording as crema-d/1056_MTI_ANG_XX.flac by its sound',
    ]);
    expect(dataset.labels).toHaveLength(9);
  });

  it.each([
    [
      'ravdess',
      {
        neutral: 96,
        calm: 192,
        happy: 191,
        sad: 192,
        angry: 192,
        fearful: 192,
        disgust: 192,
        surprised: 192,
      },
    ],
    [
      'emodb',
      { neutral: 79, happy: 71, sad: 62, angry: 127, fearful: 69, disgust: 46, boredom: 81 },
    ],
  ])('%s has as many clips of each label as published', async (corpus, expected) => {
    const { clips } = await readDataset([locateCorpus(corpus)]);
    const counts: Record<string, number> = {};
    for (const { label } of clips) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual(expected);
  });

  it('read RAVDESS as published, 48 kHz and partly stereo', async () => {
    const { clips } = await readDataset([locateCorpus('ravdess-original')]);
    expect(clips).toHaveLength(9);
  });
});
