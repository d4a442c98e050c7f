import type { Emotion } from './emotions.ts';
import { listImpossible, type NameReader } from './name-reader.ts';

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

/** The fields of a name in their order; each counts from 01. */
const fields = [
  { name: 'modality', most: 3 },
  { name: 'vocal channel', most: 2 },
  { name: 'emotion', most: 8 },
  { name: 'intensity', most: 2 },
  { name: 'statement', most: 2 },
  { name: 'repetition', most: 2 },
  { name: 'actor', most: 24 },
] as const;

/**
 * RAVDESS: modality-channel-emotion-intensity-statement-repetition-actor, in any folders. Only the
 * speech channel of the audio-only modality is taken (`03-01-…`). Neutral has no strong intensity.
 */
export const ravdess: NameReader = {
  corpus: 'ravdess',
  layout: 'RAVDESS (03-01-06-01-02-01-12.wav)',
  parse(stem) {
    if (!/^\d\d(-\d\d){6}$/.test(stem)) return null;
    const values = stem.split('-');
    const impossible = listImpossible(
      fields.map(({ name, most }, at) => {
        const value = values[at]!;
        return { name, value, isKnown: Number(value) >= 1 && Number(value) <= most };
      }),
    );
    const [modality, channel, code, intensity, , , actor] = values;
    if (code === '01' && intensity === '02') impossible.push('strong neutral');
    if (impossible.length > 0) return { impossible };
    if (modality !== '03') {
      return { skipReason: `modality ${modality} is not audio-only (03)` };
    }
    if (channel !== '01') {
      return { skipReason: `vocal channel ${channel} is not speech (01)` };
    }
    return { label: codes[code!]!, speaker: actor!, recording: stem };
  },
};
