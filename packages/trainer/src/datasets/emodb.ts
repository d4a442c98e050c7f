import type { Emotion } from './emotions.ts';
import { listImpossible, type NameReader } from './name-reader.ts';

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

const speakers = ['03', '08', '09', '10', '11', '12', '13', '14', '15', '16'];
const texts = ['a01', 'a02', 'a04', 'a05', 'a07', 'b01', 'b02', 'b03', 'b09', 'b10'];

/** EMO-DB: two digits of the speaker, three of the text, the emotion's letter, the version's letter. */
export const emodb: NameReader = {
  corpus: 'emodb',
  layout: 'EMO-DB (03a01Fa.wav)',
  parse(stem) {
    const fields = /^(\d\d)([a-z]\d\d)([A-Z])[a-z]?$/.exec(stem);
    if (!fields) return null;
    const [, speaker = '', text = '', code = ''] = fields;
    const impossible = listImpossible([
      { name: 'speaker', value: speaker, isKnown: speakers.includes(speaker) },
      { name: 'text', value: text, isKnown: texts.includes(text) },
      { name: 'emotion', value: code, isKnown: Object.hasOwn(codes, code) },
    ]);
    if (impossible.length > 0) return { impossible };
    return { label: codes[code]!, speaker, recording: stem };
  },
};
