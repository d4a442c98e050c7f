/** The project's words for emotions, in the order of model outputs and tables: RAVDESS's, then the rest. */
export const emotions = [
  'neutral',
  'calm',
  'happy',
  'sad',
  'angry',
  'fearful',
  'disgust',
  'surprised',
  'boredom',
] as const;

export type Emotion = (typeof emotions)[number];

const otherNames: Readonly<Record<Emotion, readonly string[]>> = {
  neutral: ['neu'],
  calm: ['calmness'],
  happy: ['hap', 'happiness', 'joy'],
  sad: ['sadness'],
  angry: ['ang', 'anger'],
  fearful: ['fea', 'fear'],
  disgust: ['dis', 'disgusted'],
  surprised: ['sur', 'surprise', 'ps', 'pleasant surprise', 'pleasant surprised'],
  boredom: ['bor', 'bored'],
};

const byName = new Map(
  emotions.flatMap((emotion) =>
    [emotion, ...otherNames[emotion]].map((name) => [name, emotion] as const),
  ),
);

/**
 * The project's word for an emotion's name as corpora and other models write it: any case, `_` or `-`
 * for a space, noun or adjective, cut to three letters (`Happiness`, `pleasant_surprise`, `ANG`). Null
 * for a word it does not know.
 */
export function toEmotion(name: string): Emotion | null {
  const word = name
    .toLowerCase()
    .replace(/[_\s-]+/g, ' ')
    .trim();
  return byName.get(word) ?? null;
}
