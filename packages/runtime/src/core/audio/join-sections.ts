import type { DecodedAudio } from './audio-stream.ts';
import { decodeFailure } from './decode-failure.ts';
import { MonoMixer } from './mono-mixer.ts';

/** A part of a file that decodes on its own: a chunk of samples, or one of several joined streams. */
export interface AudioSection {
  sampleRateHz: number;
  /** Samples that will come, where that is known. */
  frames?: number;
  readBlocks(mixer: MonoMixer): AsyncGenerator<Float32Array>;
}

/**
 * All sections of a file, one behind the other.
 *
 * @param sections of which there is at least one, or an error. Each is read before the next is asked
 *   for.
 * @throws SerError `AUDIO_DECODE_FAILED`, from `blocks`, where a later section has another sample rate.
 */
export async function joinSections(
  format: string,
  sections: AsyncGenerator<AudioSection, undefined>,
  maxDurationSec: number,
): Promise<DecodedAudio> {
  const first = (await sections.next()).value;
  if (!first) throw decodeFailure(format, 'it holds no audio');
  const mixer = new MonoMixer(first.sampleRateHz, maxDurationSec);
  mixer.expect(first.frames ?? 0);
  return {
    sampleRateHz: first.sampleRateHz,
    expectedSamples: first.frames ?? 0,
    blocks: readSections(format, first, sections, mixer),
  };
}

async function* readSections(
  format: string,
  first: AudioSection,
  others: AsyncGenerator<AudioSection, undefined>,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  try {
    yield* first.readBlocks(mixer);
    for await (const section of others) {
      assertSameRate(format, section.sampleRateHz, mixer);
      mixer.expect(section.frames ?? 0);
      yield* section.readBlocks(mixer);
    }
  } finally {
    await others.return(undefined);
  }
}

/** @throws SerError `AUDIO_DECODE_FAILED` that says from where on the rate is another one. */
export function assertSameRate(format: string, sampleRateHz: number, mixer: MonoMixer): void {
  if (sampleRateHz === mixer.sampleRateHz) return;
  const atSec = (mixer.length / mixer.sampleRateHz).toFixed(3);
  throw decodeFailure(
    format,
    `another stream follows after ${atSec} s, of ${sampleRateHz} Hz where the first has ${mixer.sampleRateHz} Hz; cut the file there`,
  );
}
