import { SerError } from '@ser/dsp-wasm';
import { type AudioClip, measureDuration } from './audio-clip.ts';
import { assertClip } from './check-clip.ts';

/** A recording on its way from a decoder: mono samples, block by block. */
export interface DecodedAudio {
  sampleRateHz: number;
  /** Samples that will come, as far as room is worth keeping for them. */
  expectedSamples?: number;
  /** Blocks of any length. Ends with the recording, or with an error where that is damaged. */
  blocks: AsyncGenerator<Float32Array>;
}

/** A recording that is being read; whoever opened it closes it, read to its end or not. */
export interface AudioStream extends DecodedAudio {
  close(): Promise<void>;
}

/** 46 minutes at 48 kHz, 512 MB. */
export const mostSamplesAtOnce = 1 << 27;
const firstCapacity = 1 << 16;

/**
 * Reads a stream to its end and closes it.
 *
 * @throws SerError `AUDIO_TOO_LONG` for more samples than are held at once, or what the decoder throws.
 */
export async function readClip(stream: AudioStream): Promise<AudioClip> {
  const { sampleRateHz, expectedSamples = 0, blocks } = stream;
  try {
    assertHoldable(expectedSamples);
    let samples = new Float32Array(0);
    let length = 0;
    for await (const block of blocks) {
      if (length === 0 && block.length === expectedSamples) {
        samples = block as Float32Array<ArrayBuffer>;
      } else {
        const wanted = length + block.length;
        if (wanted > samples.length) {
          assertHoldable(wanted);
          const capacity = Math.max(wanted, expectedSamples, firstCapacity, 2 * samples.length);
          const grown = new Float32Array(Math.min(capacity, mostSamplesAtOnce));
          grown.set(samples.subarray(0, length));
          samples = grown;
        }
        samples.set(block, length);
      }
      length += block.length;
    }
    return {
      samples: samples.length === length ? samples : samples.slice(0, length),
      sampleRateHz,
    };
  } finally {
    await stream.close();
  }
}

/** @throws SerError `AUDIO_TOO_LONG`. */
export function assertHoldable(samples: number): void {
  if (samples <= mostSamplesAtOnce) return;
  throw new SerError(
    'AUDIO_TOO_LONG',
    `The audio has more than ${mostSamplesAtOnce} samples, the most that are held at once; cut it into pieces.`,
  );
}

/** The block in pieces of at most `length` samples. */
export function* cutBlock(block: Float32Array, length: number): Generator<Float32Array> {
  for (let start = 0; start < block.length; start += length) {
    yield block.subarray(start, start + length);
  }
}

/**
 * A clip that is at hand as a stream of one block.
 *
 * @throws SerError `INVALID_ARGUMENT` for what is no clip, `AUDIO_TOO_LONG` for one beyond the limit.
 */
export function streamClip(clip: AudioClip, maxDurationSec: number): AudioStream {
  assertClip(clip);
  const durationSec = measureDuration(clip);
  if (durationSec > maxDurationSec) {
    throw new SerError(
      'AUDIO_TOO_LONG',
      `The audio is ${durationSec.toFixed(1)} s long, the limit for one clip is ${maxDurationSec} s; cut it into pieces, or raise maxDurationSec.`,
    );
  }
  const { samples, sampleRateHz } = clip;
  return {
    sampleRateHz,
    expectedSamples: samples.length,
    blocks: (async function* () {
      yield samples;
    })(),
    close: async () => {},
  };
}
