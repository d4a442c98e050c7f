import type { Arena } from './arena.ts';
import { assertInteger, assertNumber, assertSamples, rejectSamples } from './checks.ts';
import type { Kernels } from './kernels.ts';
import { copyPadded } from './padding.ts';

export interface TrimOptions {
  /** Frames this many decibels below the loudest are silent. Default 60. */
  topDb?: number;
  /**
   * Frames less than this above the background noise are silent too, where `topDb` would take noise
   * for sound; frames within 12 dB of the loudest never are. Sound begins and ends softly, so one and
   * a half `frameLength` on either side of it stay then, of what `topDb` alone would keep. Null, the
   * default: noise does not count, as in librosa.
   */
  noiseMarginDb?: number | null | undefined;
  /** Samples of a frame. Default 2048. */
  frameLength?: number;
  /** Samples from one frame to the next. Default 512. */
  hopLength?: number;
}

/** A part of a clip: samples startSample … endSample - 1. */
export interface SampleInterval {
  startSample: number;
  endSample: number;
}

const smallestPower = 1e-10;
const leastRangeDb = 12;
/** The quantile of the frames' powers that is taken for the background's. */
const noiseQuantile = 0.05;
const segmentFrames = 2048;

const fromDb = (decibels: number): number => 10 ** (decibels / 10);

/** Mean squares of centred frames; zeros lie beyond both ends. */
function measureFrames(
  kernels: Kernels,
  arena: Arena,
  samples: Float32Array,
  frameLength: number,
  hopLength: number,
): Float32Array {
  const frames =
    1 + Math.floor((samples.length + 2 * (frameLength >> 1) - frameLength) / hopLength);
  const meanSquares = new Float32Array(frames);
  const { top } = arena;
  for (let first = 0; first < frames; first += segmentFrames) {
    const count = Math.min(segmentFrames, frames - first);
    const length = (count - 1) * hopLength + frameLength;
    arena.rewind(top);
    const input = arena.reserve(4 * length);
    const target = arena.reserve(4 * count);
    const start = first * hopLength - (frameLength >> 1);
    copyPadded(samples, start, arena.floats(input, length), 'constant');
    if (kernels.findNotFinite(input, length) >= 0) rejectSamples(samples);
    kernels.frameMeanSquares(input, count, frameLength, hopLength, target);
    meanSquares.set(arena.floats(target, count), first);
  }
  arena.rewind(top);
  return meanSquares;
}

/**
 * Power of the background noise: the twentieth part of the frames is quieter. Frames that reach
 * beyond the clip's ends do not count; 0 where there are no others.
 */
function measureNoise(
  meanSquares: Float32Array,
  { frameLength, hopLength }: { frameLength: number; hopLength: number },
): number {
  const beyond = Math.ceil((frameLength >> 1) / hopLength);
  const whole = meanSquares.slice(beyond, Math.max(beyond, meanSquares.length - beyond)).sort();
  return whole[Math.floor(noiseQuantile * whole.length)] ?? 0;
}

/** See `Dsp.splitSilence`. */
export function splitSilence(
  kernels: Kernels,
  arena: Arena,
  samples: Float32Array,
  { topDb = 60, noiseMarginDb = null, frameLength = 2048, hopLength = 512 }: TrimOptions = {},
): SampleInterval[] {
  assertSamples(samples);
  assertNumber('topDb', topDb, (value) => value > 0, 'a number of decibels above 0');
  if (noiseMarginDb !== null) {
    const isMargin = (value: number) => value >= 0;
    assertNumber('noiseMarginDb', noiseMarginDb, isMargin, 'null or a number of decibels from 0');
  }
  assertInteger('frameLength', frameLength, 1, 1 << 20);
  assertInteger('hopLength', hopLength, 1, 1 << 20);
  const meanSquares = measureFrames(kernels, arena, samples, frameLength, hopLength);
  const loudest = meanSquares.reduce((a, b) => Math.max(a, b), smallestPower);
  const findLouder = (threshold: number) =>
    findIntervals(meanSquares, threshold, { hopLength, length: samples.length });
  const silence = loudest * fromDb(-topDb);
  const sound = findLouder(silence);
  if (noiseMarginDb === null) return sound;
  const noise = measureNoise(meanSquares, { frameLength, hopLength }) * fromDb(noiseMarginDb);
  const threshold = Math.min(noise, loudest * fromDb(-leastRangeDb));
  if (threshold <= silence) return sound;
  return widen(findLouder(threshold), { by: Math.round(1.5 * frameLength), within: span(sound) });
}

/** Runs of frames louder than a power. */
function findIntervals(
  meanSquares: Float32Array,
  threshold: number,
  { hopLength, length }: { hopLength: number; length: number },
): SampleInterval[] {
  const intervals: SampleInterval[] = [];
  let wasLoud = false;
  meanSquares.forEach((power, frame) => {
    const isLoud = Math.max(power, smallestPower) > threshold;
    const endSample = Math.min(length, (frame + 1) * hopLength);
    if (isLoud && wasLoud) intervals.at(-1)!.endSample = endSample;
    else if (isLoud) intervals.push({ startSample: frame * hopLength, endSample });
    wasLoud = isLoud;
  });
  return intervals;
}

/** Widens intervals on both sides; those that meet become one. */
function widen(
  intervals: readonly SampleInterval[],
  { by, within }: { by: number; within: SampleInterval },
): SampleInterval[] {
  const widened: SampleInterval[] = [];
  for (const interval of intervals) {
    const startSample = Math.max(within.startSample, interval.startSample - by);
    const endSample = Math.min(within.endSample, interval.endSample + by);
    const last = widened.at(-1);
    if (last && startSample <= last.endSample) last.endSample = endSample;
    else widened.push({ startSample, endSample });
  }
  return widened;
}

/** From the start of the first interval to the end of the last. */
function span(intervals: readonly SampleInterval[]): SampleInterval {
  return {
    startSample: intervals[0]?.startSample ?? 0,
    endSample: intervals.at(-1)?.endSample ?? 0,
  };
}

/** See `Dsp.trimSilence`. */
export function trimSilence(
  kernels: Kernels,
  arena: Arena,
  samples: Float32Array,
  options?: TrimOptions,
): SampleInterval {
  return span(splitSilence(kernels, arena, samples, options));
}
