import type { TimelineWindow } from '@ser/runtime/web';
import type { RiverPoint } from './draw-river.ts';

/** A clip's windows as points at their middles; the first and the last reach to the clip's ends. */
export function toRiverPoints(
  windows: readonly TimelineWindow[],
  durationSec: number,
): RiverPoint[] {
  const points: RiverPoint[] = windows.map(({ startSec, endSec, prediction }) => ({
    sec: (startSec + endSec) / 2,
    prediction,
  }));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  return [{ ...first, sec: 0 }, ...points, { ...last, sec: durationSec }];
}

/** The window whose middle is nearest to a moment, or null. */
export function findWindow(windows: readonly TimelineWindow[], sec: number): TimelineWindow | null {
  let best: TimelineWindow | null = null;
  let least = Infinity;
  for (const window of windows) {
    const distance = Math.abs((window.startSec + window.endSec) / 2 - sec);
    if (distance < least) {
      least = distance;
      best = window;
    }
  }
  return best;
}
