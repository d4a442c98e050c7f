import type { RecentSamples } from '../audio/recent-samples.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { SpeechSpan } from '../speech/speech-tracker.ts';
import { batchWindows, listWindows, type SampleRange, type Windowing } from '../timeline.ts';
import { averageWindows } from './average-windows.ts';
import { mergeRanges } from './merge-ranges.ts';
import type { Segment } from './segment.ts';

/** Judges spans of speech, one after the other, while they last. */
export class SpanJudge {
  readonly #recent: RecentSamples;
  readonly #sampleRateHz: number;
  readonly #windowing: Windowing;
  /** First sample of the span that goes on. */
  #start: number | undefined;
  /** Its windows that have been judged, counted from its start. */
  #judged = 0;
  /** Those of them that were not silent, and what was made of them. */
  #windows: SampleRange[] = [];
  #rows: Float32Array[] = [];

  constructor(recent: RecentSamples, sampleRateHz: number, windowing: Windowing) {
    this.#recent = recent;
    this.#sampleRateHz = sampleRateHz;
    this.#windowing = windowing;
  }

  /** First sample that is still needed of a span that goes on, or undefined. */
  get firstNeeded(): number | undefined {
    if (this.#start === undefined) return undefined;
    // The last window ends with the span, and may begin as early as the last one that was judged.
    return this.#start + this.#windowStart(Math.max(0, this.#judged - 1));
  }

  /** Judges the windows of a span that goes on, as far as they are full batches. */
  async advance({ startSec, endSec }: SpeechSpan): Promise<void> {
    this.#start ??= this.#toSample(startSec);
    const length = this.#toSample(endSec) - this.#start;
    const size = this.#windowSize;
    while (this.#windowStart(this.#judged + batchWindows - 1) + size <= length) {
      const windows = Array.from({ length: batchWindows }, (_, index) => {
        const start = this.#windowStart(this.#judged + index);
        return { start, end: start + size };
      });
      await this.#judge(windows);
    }
  }

  /** Judges the rest of a span, and gives its segments. */
  async finish({ startSec, endSec }: SpeechSpan): Promise<Segment[]> {
    this.#start ??= this.#toSample(startSec);
    const start = this.#start;
    const sampleRateHz = this.#sampleRateHz;
    const { labels, windowSec, hopSec } = this.#windowing;
    const length = this.#toSample(endSec) - start;
    const windows = listWindows({ length, sampleRateHz }, windowSec, hopSec);
    while (this.#judged < windows.length) {
      await this.#judge(windows.slice(this.#judged, this.#judged + batchWindows));
    }
    const ranges = averageWindows(this.#windows, this.#rows);
    this.#start = undefined;
    this.#judged = 0;
    this.#windows = [];
    this.#rows = [];
    return mergeRanges(ranges, { labels, sampleRateHz, offsetSec: start / sampleRateHz });
  }

  async #judge(windows: readonly SampleRange[]): Promise<void> {
    const { signal, judge } = this.#windowing;
    throwIfAborted(signal);
    const first = this.#start!;
    const sampleRateHz = this.#sampleRateHz;
    const rows = await judge(
      windows.map(({ start, end }) => ({
        samples: this.#recent.view(first + start, first + end),
        sampleRateHz,
      })),
    );
    rows.forEach((row, index) => {
      if (!row) return;
      this.#windows.push(windows[index]!);
      this.#rows.push(row);
    });
    this.#judged += windows.length;
  }

  get #windowSize(): number {
    return this.#toSample(this.#windowing.windowSec);
  }

  #windowStart(index: number): number {
    return Math.round(index * this.#windowing.hopSec * this.#sampleRateHz);
  }

  #toSample(sec: number): number {
    return Math.round(sec * this.#sampleRateHz);
  }
}
