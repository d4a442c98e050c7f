import { SerError } from '@ser/dsp-wasm';
import { type Clip, clipKey, speakerKey } from '../datasets/clip.ts';
import { isSpeakerIndependent, type Split } from './split.ts';

const sides = ['train', 'validation', 'test'] as const;

/**
 * Proves that nothing crosses a split: no clip and no byte-identical twin is on two sides or twice
 * on one, and, where `speakers` holds, no speaker is on two sides.
 *
 * @param options.speakers whether speakers must not cross; default: what the protocol promises
 * @throws SerError DATASET_INVALID that names the first clip or speaker that crosses
 */
export function assertDisjoint(split: Split, options: { speakers?: boolean } = {}): void {
  const { speakers = isSpeakerIndependent(split.protocol) } = options;
  assertOneSide(split, 'clip', clipKey, true);
  assertOneSide(split, 'content', ({ contentHash }) => contentHash, true);
  if (speakers) assertOneSide(split, 'speaker', speakerKey, false);
}

function assertOneSide(
  split: Split,
  what: string,
  toKey: (clip: Clip) => string,
  once: boolean,
): void {
  const seen = new Map<string, { side: string; clip: Clip }>();
  for (const side of sides) {
    for (const clip of split[side]) {
      const key = toKey(clip);
      const other = seen.get(key);
      if (other && (once || other.side !== side)) {
        throw new SerError(
          'DATASET_INVALID',
          `The ${split.protocol} split leaks: the same ${what} is in ${other.side} (${clipKey(other.clip)}) and ${side} (${clipKey(clip)}).`,
        );
      }
      if (!other) seen.set(key, { side, clip });
    }
  }
}
