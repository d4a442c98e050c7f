import { decodeFailure, unsupported } from '../decode-failure.ts';
import type { Codebook } from './codebook.ts';
import { countBits, type PacketReader } from './packet-reader.ts';

/** Quantisation steps for each multiplier, 1 to 4. */
const stepsOfMultiplier = [256, 128, 86, 64] as const;
const mostPoints = 65;

/** Levels in steps of 140 / 256 dB; the last is 1. */
const amplitudes = Float64Array.from(
  { length: 256 },
  (_, level) => 10 ** (((level - 255) * 140) / 256 / 20),
);

interface PartitionClass {
  dimensions: number;
  subclassBits: number;
  masterBook: Codebook | undefined;
  subclassBooks: (Codebook | undefined)[];
}

/** The coarse spectrum of a channel as a line through points (Vorbis I, section 7, floor type 1). */
export class FloorCurve {
  readonly #classes: PartitionClass[];
  readonly #partitions: number[];
  readonly #multiplier: number;
  readonly #steps: number;
  readonly #x: number[];
  readonly #neighbours: { low: number; high: number }[];
  /** Points by x. */
  readonly #order: number[];

  constructor(reader: PacketReader, codebooks: readonly Codebook[]) {
    const type = reader.read(16);
    if (type === 0) {
      throw unsupported(
        'The Vorbis file has floors of type 0, which only encoders before 2002 wrote.',
      );
    }
    if (type !== 1) throw decodeFailure('Vorbis', `a floor is of unknown type ${type}`);
    this.#partitions = Array.from({ length: reader.read(5) }, () => reader.read(4));
    this.#classes = Array.from({ length: Math.max(-1, ...this.#partitions) + 1 }, () =>
      readClass(reader, codebooks),
    );
    this.#multiplier = reader.read(2) + 1;
    this.#steps = stepsOfMultiplier[this.#multiplier - 1]!;
    const rangeBits = reader.read(4);
    this.#x = [0, 2 ** rangeBits];
    for (const partition of this.#partitions) {
      const { dimensions } = this.#classes[partition]!;
      for (let index = 0; index < dimensions; index++) this.#x.push(reader.read(rangeBits));
    }
    if (this.#x.length > mostPoints || new Set(this.#x).size !== this.#x.length) {
      throw decodeFailure('Vorbis', 'a floor has too many points, or two at one place');
    }
    this.#neighbours = this.#x.map((_, point) => findNeighbours(this.#x, point));
    this.#order = this.#x.map((_, point) => point).sort((a, b) => this.#x[a]! - this.#x[b]!);
  }

  /** Reads one channel's heights, or undefined where the channel is silent. */
  readHeights(reader: PacketReader): number[] | undefined {
    if (!reader.readFlag()) return undefined;
    const bits = countBits(this.#steps - 1);
    const heights = [reader.read(bits), reader.read(bits)];
    for (const partition of this.#partitions) {
      const { dimensions, subclassBits, masterBook, subclassBooks } = this.#classes[partition]!;
      let selector = masterBook ? masterBook.readNumber(reader) : 0;
      for (let index = 0; index < dimensions; index++) {
        const book = subclassBooks[selector & ((1 << subclassBits) - 1)];
        selector >>= subclassBits;
        heights.push(book ? book.readNumber(reader) : 0);
      }
    }
    return heights;
  }

  /** Multiplies a spectrum by the curve through these heights. */
  apply(heights: readonly number[], spectrum: Float64Array): void {
    const { final, isUsed } = this.#resolve(heights);
    let x0 = 0;
    let y0 = final[0]! * this.#multiplier;
    for (const point of this.#order) {
      if (point === 0 || !isUsed[point]) continue;
      const x1 = this.#x[point]!;
      const y1 = final[point]! * this.#multiplier;
      applyLine(spectrum, x0, y0, x1, y1);
      x0 = x1;
      y0 = y1;
    }
    applyLine(spectrum, x0, y0, spectrum.length, y0);
  }

  /** Each height is coded as the difference from the line between its neighbours. */
  #resolve(heights: readonly number[]): { final: number[]; isUsed: boolean[] } {
    const final = [heights[0]!, heights[1]!];
    const isUsed = [true, true];
    for (let point = 2; point < this.#x.length; point++) {
      const { low, high } = this.#neighbours[point]!;
      const predicted = interpolate(
        this.#x[low]!,
        final[low]!,
        this.#x[high]!,
        final[high]!,
        this.#x[point]!,
      );
      const value = heights[point]!;
      isUsed[point] = value !== 0;
      if (value !== 0) isUsed[low] = isUsed[high] = true;
      const height = predicted + unfold(value, predicted, this.#steps - predicted);
      final[point] = height;
    }
    if (final.some((height) => height < 0 || height >= this.#steps)) {
      throw decodeFailure('Vorbis', 'a floor leaves its range');
    }
    return { final, isUsed };
  }
}

function readClass(reader: PacketReader, codebooks: readonly Codebook[]): PartitionClass {
  const dimensions = reader.read(3) + 1;
  const subclassBits = reader.read(2);
  const masterBook = subclassBits > 0 ? pickBook(codebooks, reader.read(8)) : undefined;
  const subclassBooks = Array.from({ length: 1 << subclassBits }, () => {
    const index = reader.read(8) - 1;
    return index < 0 ? undefined : pickBook(codebooks, index);
  });
  return { dimensions, subclassBits, masterBook, subclassBooks };
}

function pickBook(codebooks: readonly Codebook[], index: number): Codebook {
  const book = codebooks[index];
  if (!book) throw decodeFailure('Vorbis', `a floor names codebook ${index}, which does not exist`);
  return book;
}

/** The points before `point` that lie nearest to its left and right. */
function findNeighbours(x: readonly number[], point: number): { low: number; high: number } {
  let low = 0;
  let high = 1;
  for (let other = 0; other < point; other++) {
    if (x[other]! < x[point]! && x[other]! > x[low]!) low = other;
    if (x[other]! > x[point]! && x[other]! < x[high]!) high = other;
  }
  return { low, high };
}

function interpolate(x0: number, y0: number, x1: number, y1: number, x: number): number {
  const offset = Math.floor((Math.abs(y1 - y0) * (x - x0)) / (x1 - x0));
  return y1 < y0 ? y0 - offset : y0 + offset;
}

/** Differences go up and down by turns while there is room on both sides, then on one side only. */
function unfold(value: number, roomBelow: number, roomAbove: number): number {
  if (value >= 2 * Math.min(roomBelow, roomAbove)) {
    return roomAbove > roomBelow ? value - roomBelow : roomAbove - value - 1;
  }
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

/** A line in whole steps from (x0, y0) up to but without x1. */
function applyLine(spectrum: Float64Array, x0: number, y0: number, x1: number, y1: number): void {
  const width = x1 - x0;
  const slope = Math.trunc((y1 - y0) / width);
  const remainder = Math.abs(y1 - y0) - Math.abs(slope) * width;
  const direction = y1 < y0 ? -1 : 1;
  const end = Math.min(x1, spectrum.length);
  let y = y0;
  let error = 0;
  for (let x = x0; x < end; x++) {
    spectrum[x]! *= amplitudes[y]!;
    error += remainder;
    y += slope;
    if (error >= width) {
      error -= width;
      y += direction;
    }
  }
}
