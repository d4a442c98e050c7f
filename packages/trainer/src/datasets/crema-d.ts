import type { Emotion } from './emotions.ts';
import { listImpossible, type NameReader } from './name-reader.ts';

const codes: Record<string, Emotion> = {
  ANG: 'angry',
  DIS: 'disgust',
  FEA: 'fearful',
  HAP: 'happy',
  NEU: 'neutral',
  SAD: 'sad',
};

const sentences = [
  ...['IEO', 'TIE', 'IOM', 'IWW', 'TAI', 'MTI', 'IWL', 'ITH', 'DFA', 'ITS', 'TSI', 'WSI'],
];
const levels = ['LO', 'MD', 'HI', 'XX', 'X'];

/**
 * CREMA-D: actor_sentence_emotion_level; actors are 1001 to 1091, the level is LO, MD, HI or XX (one
 * published file has X).
 */
export const cremaD: NameReader = {
  corpus: 'crema-d',
  layout: 'CREMA-D (1001_DFA_ANG_XX.wav)',
  parse(stem) {
    const fields = /^(\d{4})_([A-Z]{3})_([A-Z]{3})_([A-Z]{1,2})$/.exec(stem);
    if (!fields) return null;
    const [, speaker = '', sentence = '', code = '', level = ''] = fields;
    const impossible = listImpossible([
      { name: 'actor', value: speaker, isKnown: speaker >= '1001' && speaker <= '1091' },
      { name: 'sentence', value: sentence, isKnown: sentences.includes(sentence) },
      { name: 'emotion', value: code, isKnown: Object.hasOwn(codes, code) },
      { name: 'level', value: level, isKnown: levels.includes(level) },
    ]);
    if (impossible.length > 0) return { impossible };
    return { label: codes[code]!, speaker, recording: stem };
  },
};
