import type { Emotion } from './emotions.ts';

/** What a user of a published corpus must know: its terms and whom to cite. */
export interface KnownCorpus {
  name: string;
  title: string;
  language: string;
  speakers: number;
  clips: number;
  labels: readonly Emotion[];
  /** What its download weighs, about. */
  megabytes: number;
  licence: string;
  citation: string;
  url: string;
}

/** The corpora whose published file names the project reads. Counts are those of the publication. */
export const knownCorpora = {
  ravdess: {
    name: 'ravdess',
    title: 'RAVDESS, speech channel',
    language: 'English (North American)',
    speakers: 24,
    clips: 1440,
    labels: ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'],
    megabytes: 208,
    licence: 'CC BY-NC-SA 4.0',
    citation:
      'Livingstone, S. R. and Russo, F. A. (2018). The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS). PLoS ONE 13(5), e0196391.',
    url: 'https://doi.org/10.5281/zenodo.1188976',
  },
  emodb: {
    name: 'emodb',
    title: 'Berlin Database of Emotional Speech (EMO-DB)',
    language: 'German',
    speakers: 10,
    clips: 535,
    labels: ['neutral', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'boredom'],
    megabytes: 40,
    licence: 'free to use, cite the authors',
    citation:
      'Burkhardt, F., Paeschke, A., Rolfes, M., Sendlmeier, W. F. and Weiss, B. (2005). A Database of German Emotional Speech. Interspeech 2005, 1517–1520.',
    url: 'https://doi.org/10.21437/Interspeech.2005-446',
  },
  'crema-d': {
    name: 'crema-d',
    title: 'CREMA-D, Crowd-sourced Emotional Multimodal Actors Dataset',
    language: 'English (North American)',
    speakers: 91,
    clips: 7442,
    labels: ['neutral', 'happy', 'sad', 'angry', 'fearful', 'disgust'],
    megabytes: 620,
    licence: 'ODbL 1.0',
    citation:
      'Cao, H., Cooper, D. G., Keutmann, M. K., Gur, R. C., Nenkova, A. and Verma, R. (2014). CREMA-D: Crowd-Sourced Emotional Multimodal Actors Dataset. IEEE Transactions on Affective Computing 5(4), 377–390.',
    url: 'https://doi.org/10.1109/TAFFC.2014.2336244',
  },
  tess: {
    name: 'tess',
    title: 'Toronto Emotional Speech Set (TESS)',
    language: 'English (North American)',
    speakers: 2,
    clips: 2800,
    labels: ['neutral', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'],
    megabytes: 280,
    licence: 'CC BY-NC-ND 4.0',
    citation:
      'Pichora-Fuller, M. K. and Dupuis, K. (2020). Toronto emotional speech set (TESS). Borealis.',
    url: 'https://doi.org/10.5683/SP2/E8H2MF',
  },
} as const satisfies Record<string, KnownCorpus>;

export type KnownCorpusName = keyof typeof knownCorpora;
