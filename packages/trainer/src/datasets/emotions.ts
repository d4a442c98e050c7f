/** The project's vocabulary, in the order of model outputs and tables: RAVDESS's order, then the rest. */
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

const otherNames: Record<string, Emotion> = {
  anger: 'angry',
  bored: 'boredom',
  calmness: 'calm',
  disgusted: 'disgust',
  fear: 'fearful',
  happiness: 'happy',
  joy: 'happy',
  'pleasant surprise': 'surprised',
  'pleasant surprised': 'surprised',
  ps: 'surprised',
  sadness: 'sad',
  surprise: 'surprised',
};

/**
 * The project's word for an emotion's name as corpora write it: any case, `_` or `-` for a space,
 * noun or adjective (`Happiness`, `pleasant_surprise`). Null for a word it does not know.
 */
export function toEmotion(name: string): Emotion | null {
  const word = name
    .toLowerCase()
    .replace(/[_\s-]+/g, ' ')
    .trim();
  const known = emotions.find((emotion) => emotion === word);
  return known ?? (Object.hasOwn(otherNames, word) ? otherNames[word]! : null);
}

/** The distinct labels in the project's order; labels outside the vocabulary follow by code unit. */
export function sortLabels(labels: Iterable<string>): string[] {
  const rank = (label: string) => {
    const index = (emotions as readonly string[]).indexOf(label);
    return index < 0 ? emotions.length : index;
  };
  return [...new Set(labels)].sort((a, b) => rank(a) - rank(b) || compareText(a, b));
}

/** Orders by UTF-16 code unit, so that no locale changes a sorted list. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
