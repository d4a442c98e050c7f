import { type KnownCorpusName, knownCorpora } from '@ser/trainer';

/** A checksum that its publisher states. */
export interface Checksum {
  algorithm: 'md5' | 'sha256';
  /** Hexadecimal, lower case. */
  value: string;
}

/** Where a corpus is published, and how it gets from there into a folder. */
export interface CorpusSource {
  name: KnownCorpusName;
  /** A ZIP archive. */
  archiveUrl: string;
  /** What the publisher states of the archive; null where no checksum is stated. */
  checksum: Checksum | null;
  /** Length of the archive where it is known; else about what it weighs. */
  archiveBytes: number;
  /** What of the archive is unpacked: nothing else touches the disk. */
  entries: RegExp;
  /**
   * Where the archive holds Git LFS pointers in place of clips: the clip's name follows this
   * address. Each pointer states the clip's SHA-256.
   */
  clipUrl?: string;
}

const audio = /\.(wav|flac|mp3|ogg|opus)$/i;
const cremaD = 'CheyneyComputerScience/CREMA-D';

/** The corpora that `ser datasets download` knows. */
export const corpusSources: Record<KnownCorpusName, CorpusSource> = {
  ravdess: {
    name: 'ravdess',
    archiveUrl: 'https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip?download=1',
    checksum: { algorithm: 'md5', value: 'bc696df654c87fed845eb13823edef8a' },
    archiveBytes: 208_468_073,
    entries: audio,
  },
  emodb: {
    name: 'emodb',
    archiveUrl: 'https://zenodo.org/records/7447302/files/emodb.zip?download=1',
    checksum: { algorithm: 'md5', value: '9d21362dbc5676ef3ab4745d83ced0db' },
    archiveBytes: 39_981_818,
    entries: audio,
  },
  'crema-d': {
    name: 'crema-d',
    archiveUrl: `https://github.com/${cremaD}/archive/refs/heads/master.zip`,
    checksum: null,
    archiveBytes: 50_000_000,
    entries: /(^|\/)AudioWAV\/\d{4}_[A-Z]{3}_[A-Z]{3}_[A-Z]{1,2}\.wav$/,
    clipUrl: `https://media.githubusercontent.com/media/${cremaD}/master/AudioWAV/`,
  },
  tess: {
    name: 'tess',
    archiveUrl:
      'https://borealisdata.ca/api/access/dataset/:persistentId/?persistentId=doi:10.5683/SP2/E8H2MF',
    checksum: null,
    archiveBytes: 1_000_000 * knownCorpora.tess.megabytes,
    entries: audio,
  },
};
