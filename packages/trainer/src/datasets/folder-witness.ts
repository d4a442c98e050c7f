import { type Emotion, toEmotion } from './emotions.ts';

/**
 * The emotion that the folders of a path name, as `Happy/…`, `sad/Actor_01/…` and TESS's `OAF_Fear/…`
 * do; the innermost counts. Null where none does, or one names two.
 *
 * @param id path relative to the corpus root, with forward slashes
 */
export function readFolderLabel(id: string): Emotion | null {
  for (const folder of id.split('/').slice(0, -1).reverse()) {
    const whole = toEmotion(folder);
    if (whole) return whole;
    const [, start = '', rest = ''] = /^([^_-]+)[_-](.+)$/.exec(folder) ?? [];
    const label = toEmotion(rest);
    if (label) return toEmotion(start) ? null : label;
  }
  return null;
}
