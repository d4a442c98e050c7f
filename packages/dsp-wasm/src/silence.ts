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

/** What is left of a clip: samples startSample … endSample - 1. */
export interface TrimmedRange {
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

/** See `Dsp.trimSilence`. */
export function trimSilence(
  kernels: Kernels,
  arena: Arena,
  samples: Float32Array,
  { topDb = 60, frameLength = 2048, hopLength = 512 }: TrimOptions = {},
): TrimmedRange {
  assertSamples(samples);
  assertNumber('topDb', topDb, (value) => value > 0, 'a number of decibels above 0');
  assertInteger('frameLength', frameLength, 1, 1 << 20);
  assertInteger('hopLength', hopLength, 1, 1 << 20);
  const meanSquares = measureFrames(kernels, arena, samples, frameLength, hopLength);
  const loudest = meanSquares.reduce((a, b) => Math.max(a, b), smallestPower);
  const threshold = loudest * 10 ** (-topDb / 10);
  const isLoud = (power: number) => Math.max(power, smallestPower) > threshold;
  const first = meanSquares.findIndex(isLoud);
  if (first < 0) return { startSample: 0, endSample: 0 };
  const last = meanSquares.findLastIndex(isLoud);
  return {
    startSample: first * hopLength,
    endSample: Math.min(samples.length, (last + 1) * hopLength),
  };
}
