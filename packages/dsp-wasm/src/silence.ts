import type { Arena } from './arena.ts';
import { assertInteger, assertNumber, assertSamples, rejectSamples } from './checks.ts';
import type { Kernels } from './kernels.ts';
import { copyPadded } from './padding.ts';

export interface TrimOptions {
  /** Frames this many decibels below the loudest are silent. Default 60. */
  topDb?: number;
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
const segmentFrames = 2048;

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

/** See `Dsp.splitSilence`. */
export function splitSilence(
  kernels: Kernels,
  arena: Arena,
  samples: Float32Array,
  { topDb = 60, frameLength = 2048, hopLength = 512 }: TrimOptions = {},
): SampleInterval[] {
  assertSamples(samples);
  assertNumber('topDb', topDb, (value) => value > 0, 'a number of decibels above 0');
  assertInteger('frameLength', frameLength, 1, 1 << 20);
  assertInteger('hopLength', hopLength, 1, 1 << 20);
  const meanSquares = measureFrames(kernels, arena, samples, frameLength, hopLength);
  const loudest = meanSquares.reduce((a, b) => Math.max(a, b), smallestPower);
  const threshold = loudest * 10 ** (-topDb / 10);
  const intervals: SampleInterval[] = [];
  let wasLoud = false;
  meanSquares.forEach((power, frame) => {
    const isLoud = Math.max(power, smallestPower) > threshold;
    const endSample = Math.min(samples.length, (frame + 1) * hopLength);
    if (isLoud && wasLoud) intervals.at(-1)!.endSample = endSample;
    else if (isLoud) intervals.push({ startSample: frame * hopLength, endSample });
    wasLoud = isLoud;
  });
  return intervals;
}

/** See `Dsp.trimSilence`. */
export function trimSilence(
  kernels: Kernels,
  arena: Arena,
  samples: Float32Array,
  options?: TrimOptions,
): SampleInterval {
  const intervals = splitSilence(kernels, arena, samples, options);
  return {
    startSample: intervals[0]?.startSample ?? 0,
    endSample: intervals.at(-1)?.endSample ?? 0,
  };
}
