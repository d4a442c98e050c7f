import type { Emotion } from './emotions.ts';
import type { NameReader } from './name-reader.ts';

/** The first letters of the German words: Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral. */
const codes: Record<string, Emotion> = {
  W: 'angry',
  L: 'boredom',
  E: 'disgust',
  A: 'fearful',
  F: 'happy',
  T: 'sad',
  N: 'neutral',
};

/** EMO-DB: two digits of the speaker, three of the text, the emotion's letter, the version's letter. */
export const emodb: NameReader = {
  corpus: 'emodb',
  layout: 'EMO-DB (03a01Fa.wav)',
  parse(stem) {
    const fields = /^(\d\d)[ab]\d\d([A-Z])[a-z]?$/.exec(stem);
    if (!fields) return null;
    const [, speaker, code] = fields;
    const label = codes[code!];
    return label ? { label, speaker: speaker! } : { unknownCode: code! };
  },
};
