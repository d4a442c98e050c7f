import { type Emotion, toEmotion } from './emotions.ts';
import type { NameReader } from './name-reader.ts';

const labels: readonly Emotion[] = [
  ...(['neutral', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'] as const),
];

/**
 * TESS: speaker_word_emotion; OAF is the older, YAF the younger actress (one published file has OA).
 * Surprise is written `ps`, `pleasant_surprise` or `pleasant_surprised`.
 */
export const tess: NameReader = {
  corpus: 'tess',
  layout: 'TESS (OAF_back_angry.wav)',
  parse(stem) {
    const fields = /^(OAF?|YAF)_([a-z]+)_(.+)$/i.exec(stem);
    if (!fields) return null;
    const [, actress = '', word = '', emotion = ''] = fields;
    const label = toEmotion(emotion);
    if (!label || !labels.includes(label)) return { impossible: [`emotion ${emotion}`] };
    const speaker = actress.toUpperCase() === 'YAF' ? 'YAF' : 'OAF';
    return { label, speaker, recording: `${speaker}_${word.toLowerCase()}_${label}` };
  },
};
