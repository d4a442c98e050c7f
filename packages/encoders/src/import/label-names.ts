/** The project's words for emotions, and what exports call them: in any case, `_` or `-` for a space. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
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

const usualNames = new Map(
  Object.entries(otherNames).flatMap(([usual, others]) =>
    [usual, ...others].map((name) => [name, usual] as const),
  ),
);

/** The project's word for an emotion as a classifier's export names it, or null for an unknown one. */
export function toUsualLabel(name: string): string | null {
  const word = name
    .toLowerCase()
    .replace(/[_\s-]+/g, ' ')
    .trim();
  return usualNames.get(word) ?? null;
}

/** Whether a label is what exporters write where nobody named it. */
export function isPlaceholder(name: string): boolean {
  return /^label[_ ]?\d+$/i.test(name);
}

/** Whether a label is a dimension of emotion, which has a value and no probability. */
export function isDimension(name: string): boolean {
  return /^(arousal|valence|dominance|activation|pleasure)$/i.test(name);
}
