import { joinFrames, sliceFrames } from '../features/frames.ts';
import { groupBy } from '../group-by.ts';
import type { Random } from '../random.ts';
import type { Example } from './example.ts';

/** How {@link drawWindows} cuts. */
export interface WindowDraw {
  /** Share of the clips that gives way to windows. */
  share: number;
  /** Frames of a window. */
  frames: number;
}

/**
 * Puts windows in the place of a share of an epoch's clips: a clip and another one of its speaker
 * and label are joined, in either order, and a window is cut from them anywhere. Where both together
 * are shorter, it is all of them.
 */
export function drawWindows(
  drawn: readonly Example[],
  { share, frames, random }: WindowDraw & { random: Random },
): Example[] {
  const toGroup = ({ corpus, speaker, label }: Example) => `${corpus}/${speaker}/${label}`;
  const groups = groupBy(drawn, toGroup);
  return drawn.map((example) => {
    if (random.uniform(0, 1) >= share) return example;
    const others = groups.get(toGroup(example))!;
    const other = others[random.integer(others.length)]!;
    const joined = joinFrames(random.shuffle([example.matrix, other.matrix]));
    const start = random.integer(Math.max(1, joined.frames - frames + 1));
    const end = Math.min(joined.frames, start + frames);
    return { ...example, matrix: sliceFrames(joined, { start, end }) };
  });
}
