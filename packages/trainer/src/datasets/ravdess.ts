import type { Emotion } from './emotions.ts';
import type { NameReader } from './name-reader.ts';

const codes: Record<string, Emotion> = {
  '01': 'neutral',
  '02': 'calm',
  '03': 'happy',
  '04': 'sad',
  '05': 'angry',
  '06': 'fearful',
  '07': 'disgust',
  '08': 'surprised',
};

/**
 * RAVDESS: modality-channel-emotion-intensity-statement-repetition-actor, in any folders. Only the
 * speech channel of the audio-only modality is taken (`03-01-…`).
 */
export const ravdess: NameReader = {
  corpus: 'ravdess',
  layout: 'RAVDESS (03-01-06-01-02-01-12.wav)',
  parse(stem) {
    const fields = /^(\d\d)-(\d\d)-(\d\d)-\d\d-\d\d-\d\d-(\d\d)$/.exec(stem);
    if (!fields) return null;
    const [, modality, channel, code, actor] = fields;
    if (modality !== '03') {
      return { skipReason: `modality ${modality} is not audio-only (03)` };
    }
    if (channel !== '01') {
      return { skipReason: `vocal channel ${channel} is not speech (01)` };
    }
    const label = codes[code!];
    return label ? { label, speaker: actor! } : { unknownCode: code! };
  },
};
