import type { PadMode } from './feature-config.ts';

/** A reflection that does not repeat the end samples, at any distance outside the signal. */
function reflect(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const wrapped = ((index % period) + period) % period;
  return wrapped < length ? wrapped : period - wrapped;
}

/**
 * Writes samples start … start + target.length - 1 of a signal that goes on beyond both ends as the
 * pad mode says; sample 0 is the signal's first.
 */
export function copyPadded(
  samples: Float32Array,
  start: number,
  target: Float32Array,
  padMode: PadMode,
): void {
  const { length } = samples;
  const from = Math.min(length, Math.max(0, start));
  const to = Math.max(from, Math.min(length, start + target.length));
  const head = Math.max(0, Math.min(target.length, from - start));
  const tail = Math.max(0, to - start);
  target.set(samples.subarray(from, to), head);
  if (padMode === 'constant') {
    target.fill(0, 0, head);
    target.fill(0, tail);
  } else if (padMode === 'edge') {
    target.fill(samples[0]!, 0, head);
    target.fill(samples[length - 1]!, tail);
  } else {
    for (let i = 0; i < head; i++) target[i] = samples[reflect(start + i, length)]!;
    for (let i = tail; i < target.length; i++) target[i] = samples[reflect(start + i, length)]!;
  }
}
