import type { Emotion } from './emotions.ts';
import type { NameReader } from './name-reader.ts';

const codes: Record<string, Emotion> = {
  ANG: 'angry',
  DIS: 'disgust',
  FEA: 'fearful',
  HAP: 'happy',
  NEU: 'neutral',
  SAD: 'sad',
};

/** CREMA-D: actor_sentence_emotion_level; the level is LO, MD, HI or XX (one published file has X). */
export const cremaD: NameReader = {
  corpus: 'crema-d',
  layout: 'CREMA-D (1001_DFA_ANG_XX.wav)',
  parse(stem) {
    const fields = /^(\d{4})_[A-Z]{3}_([A-Z]{3})_(?:LO|MD|HI|XX?)$/.exec(stem);
    if (!fields) return null;
    const [, speaker, code] = fields;
    const label = codes[code!];
    return label ? { label, speaker: speaker! } : { unknownCode: code! };
  },
};
