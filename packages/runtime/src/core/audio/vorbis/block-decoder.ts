import { EndOfBits } from '../bytes/bit-reader.ts';
import { InverseMdct } from './inverse-mdct.ts';
import { countBits, PacketReader } from './packet-reader.ts';
import type { Identification, Mapping, Mode } from './setup.ts';

/** Turns audio packets into samples: each packet's block overlaps half of the one before. */
export class BlockDecoder {
  readonly #channels: number;
  readonly #blockSizes: readonly [number, number];
  readonly #modes: readonly Mode[];
  readonly #transforms: readonly [InverseMdct, InverseMdct];
  readonly #slopes: readonly [Float64Array, Float64Array];
  /** The right half of the last block, a channel each. */
  #overlap: Float64Array[] | undefined;

  constructor({ channels, blockSizes }: Identification, modes: readonly Mode[]) {
    const [short, long] = blockSizes;
    this.#channels = channels;
    this.#blockSizes = blockSizes;
    this.#modes = modes;
    this.#transforms = [new InverseMdct(short), new InverseMdct(long)];
    this.#slopes = [createSlope(short / 2), createSlope(long / 2)];
  }

  /** Samples that the packet completes, a channel each; none for the first packet. */
  decode(packet: Uint8Array): Float64Array[] {
    const reader = new PacketReader(packet);
    let block: { spectra: Float64Array[]; isLong: boolean; slopes: [number, number] };
    try {
      if (reader.readFlag()) return []; // Not an audio packet.
      const mode = this.#modes[reader.read(countBits(this.#modes.length - 1))];
      if (!mode) return [];
      const leftSlope = mode.isLong ? reader.read(1) : 0;
      const rightSlope = mode.isLong ? reader.read(1) : 0;
      const size = this.#blockSizes[mode.isLong ? 1 : 0] / 2;
      const spectra = this.#readSpectra(reader, mode.mapping, size);
      block = { spectra, isLong: mode.isLong, slopes: [leftSlope, rightSlope] };
    } catch (error) {
      if (error instanceof EndOfBits) return [];
      throw error;
    }
    const transform = this.#transforms[block.isLong ? 1 : 0];
    const blocks = block.spectra.map((spectrum) => {
      const samples = new Float64Array(2 * spectrum.length);
      transform.transform(spectrum, samples);
      this.#applyWindow(samples, block.slopes);
      return samples;
    });
    return this.#overlapWith(blocks);
  }

  #readSpectra(reader: PacketReader, mapping: Mapping, size: number): Float64Array[] {
    const { couplings, partOfChannel, parts } = mapping;
    const heights = partOfChannel.map((part) =>
      readOrStop(() => parts[part]!.floor.readHeights(reader)),
    );
    const isDecoded = heights.map((list) => list !== undefined);
    for (const { magnitude, angle } of couplings) {
      isDecoded[magnitude] = isDecoded[angle] = isDecoded[magnitude]! || isDecoded[angle]!;
    }
    const spectra = Array.from({ length: this.#channels }, () => new Float64Array(size));
    readOrStop(() => {
      parts.forEach(({ residue }, part) => {
        const isInPart = (_: unknown, channel: number) => partOfChannel[channel] === part;
        residue.read(reader, spectra.filter(isInPart), isDecoded.filter(isInPart));
      });
    });
    for (const { magnitude, angle } of couplings.toReversed()) {
      uncouple(spectra[magnitude]!, spectra[angle]!);
    }
    spectra.forEach((spectrum, channel) => {
      const list = heights[channel];
      if (list) parts[partOfChannel[channel]!]!.floor.apply(list, spectrum);
      else spectrum.fill(0);
    });
    return spectra;
  }

  #applyWindow(samples: Float64Array, [left, right]: [number, number]): void {
    const size = samples.length;
    const leftSlope = this.#slopes[left as 0 | 1];
    const rightSlope = this.#slopes[right as 0 | 1];
    const leftStart = size / 4 - leftSlope.length / 2;
    const rightStart = (3 * size) / 4 - rightSlope.length / 2;
    samples.fill(0, 0, leftStart);
    for (let index = 0; index < leftSlope.length; index++) {
      samples[leftStart + index]! *= leftSlope[index]!;
    }
    for (let index = 0; index < rightSlope.length; index++) {
      samples[rightStart + index]! *= rightSlope[rightSlope.length - 1 - index]!;
    }
    samples.fill(0, rightStart + rightSlope.length);
  }

  #overlapWith(blocks: Float64Array[]): Float64Array[] {
    const previous = this.#overlap;
    const half = blocks[0]!.length / 2;
    this.#overlap = blocks.map((block) => block.subarray(half));
    if (!previous) return [];
    return blocks.map((block, channel) => {
      const tail = previous[channel]!;
      const finished = new Float64Array((tail.length + half) / 2);
      const shift = (tail.length - half) / 2;
      for (let index = 0; index < finished.length; index++) {
        finished[index] = (tail[index] ?? 0) + (block[index - shift] ?? 0);
      }
      return finished;
    });
  }
}

/** A packet may end at any point; what was not read is zero. */
function readOrStop<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EndOfBits) return undefined;
    throw error;
  }
}

/** The rising half of Vorbis' power-complementary window. */
function createSlope(length: number): Float64Array {
  return Float64Array.from({ length }, (_, index) =>
    Math.sin((Math.PI / 2) * Math.sin(((index + 0.5) / length) * (Math.PI / 2)) ** 2),
  );
}

/** Turns square polar values back into two channels, in place. */
function uncouple(magnitudes: Float64Array, angles: Float64Array): void {
  for (let index = 0; index < magnitudes.length; index++) {
    const magnitude = magnitudes[index]!;
    const angle = angles[index]!;
    const signed = magnitude > 0 ? angle : -angle;
    if (angle > 0) {
      angles[index] = magnitude - signed;
    } else {
      angles[index] = magnitude;
      magnitudes[index] = magnitude + signed;
    }
  }
}
