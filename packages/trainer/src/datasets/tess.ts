import { toEmotion } from './emotions.ts';
import type { NameReader } from './name-reader.ts';

/**
 * TESS: speaker_word_emotion; OAF is the older, YAF the younger actress (one published file has OA).
 * Surprise is written `ps`, `pleasant_surprise` or `pleasant_surprised`.
 */
export const tess: NameReader = {
  corpus: 'tess',
  layout: 'TESS (OAF_back_angry.wav)',
  parse(stem) {
    const fields = /^(OAF?|YAF)_[a-z]+_(.+)$/i.exec(stem);
    if (!fields) return null;
    const [, speaker, word] = fields;
    const label = toEmotion(word!);
    if (!label) return { unknownCode: word! };
    return { label, speaker: speaker!.toUpperCase() === 'YAF' ? 'YAF' : 'OAF' };
  },
};
