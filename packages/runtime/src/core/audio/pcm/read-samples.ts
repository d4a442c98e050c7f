import { type ByteReader, toView } from '../bytes/byte-reader.ts';
import type { SampleExtent } from '../chunks/sample-extent.ts';
import { truncated } from '../decode-failure.ts';
import type { AudioSection } from '../join-sections.ts';
import type { MonoMixer } from '../mono-mixer.ts';
import type { SampleCodec } from './sample-codec.ts';

const blockBytes = 1 << 20;

export interface SampleRun {
  codec: SampleCodec;
  extent: SampleExtent;
  /** Samples a channel that count; those of a last block may be more. */
  frames: number;
  /**
   * Finds where another file begins in the bytes, of whose first ones it may be: -1 where none does.
   * Asked only where no header says how long the samples go on.
   */
  findNextFile?(bytes: Uint8Array): number;
}

/** Samples a channel of these bytes, and at most those of a last block that is cut. */
export function countFrames({ unitBytes, unitSamples }: SampleCodec, bytes: number): number {
  const units = bytes / unitBytes;
  return unitSamples === 1 ? Math.floor(units) : Math.ceil(units * unitSamples);
}

/** The samples that lie where the reader stands, as a section of a recording. */
export function openSamples(
  format: string,
  reader: ByteReader,
  { sampleRateHz, ...run }: SampleRun & { sampleRateHz: number },
): AudioSection {
  return {
    sampleRateHz,
    frames: run.frames,
    readBlocks: (mixer) => readSamples(format, reader, run, mixer),
  };
}

/** Reads samples, mixed to one channel, and leaves the reader behind them. */
async function* readSamples(
  format: string,
  reader: ByteReader,
  { codec, extent, frames, findNextFile }: SampleRun,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const { unitBytes, unitSamples } = codec;
  const blockUnits = Math.max(1, Math.floor(blockBytes / unitBytes));
  const room = Math.min(blockUnits, Math.ceil(extent.bytes / unitBytes)) * unitSamples;
  const target = Array.from({ length: codec.channels }, () => new Float64Array(room));
  let bytesLeft = extent.bytes;
  let framesLeft = frames;
  while (bytesLeft > 0) {
    let wanted = Math.min(bytesLeft, blockUnits * unitBytes);
    const bytes = await reader.fill(Math.min(bytesLeft, wanted + 16));
    if (bytes.length < wanted) throw truncated(format, 'it has become shorter');
    if (extent.isOpen && findNextFile) {
      const next = findNextFile(bytes.subarray(0, wanted + 16));
      if (next >= 0 && next < wanted) bytesLeft = wanted = next;
    }
    const view = toView(bytes.subarray(0, wanted));
    const inPlace = codec.viewInPlace?.(view);
    const decoded = inPlace ? inPlace.samples.length : codec.decode(view, target);
    const count = Math.min(framesLeft, decoded);
    yield inPlace
      ? mixer.mix([inPlace.samples], 0, count, inPlace.scale)
      : mixer.mix(target, 0, count);
    framesLeft -= count;
    bytesLeft -= wanted;
    reader.advance(wanted);
  }
}
