import type { SampleRange } from '../timeline.ts';

/** What the windows that cover a range make of it, averaged. */
export interface AveragedRange extends SampleRange {
  probabilities: Float64Array;
}

/**
 * Smooths the probabilities of overlapping windows: between any two of their edges, the mean over
 * the windows that cover the place. What no window covers is left out.
 *
 * @param windows in order of their start, and of their end.
 * @param rows probabilities of each window.
 */
export function averageWindows(
  windows: readonly SampleRange[],
  rows: readonly Float32Array[],
): AveragedRange[] {
  const edges = [...new Set(windows.flatMap(({ start, end }) => [start, end]))];
  edges.sort((a, b) => a - b);
  const ranges: AveragedRange[] = [];
  let first = 0;
  for (let place = 0; place + 1 < edges.length; place++) {
    const start = edges[place]!;
    const end = edges[place + 1]!;
    while (first < windows.length && windows[first]!.end < end) first++;
    let last = first;
    while (last < windows.length && windows[last]!.start <= start) last++;
    if (last > first) ranges.push({ start, end, probabilities: average(rows.slice(first, last)) });
  }
  return ranges;
}

function average(rows: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(rows[0]!.length);
  for (const row of rows) {
    for (let index = 0; index < mean.length; index++) mean[index]! += row[index]! / rows.length;
  }
  return mean;
}
