import { emotions } from '@ser/runtime/core';

export { type Emotion, emotions, toEmotion } from '@ser/runtime/core';

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
