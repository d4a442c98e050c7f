import { decodeFailure } from '../decode-failure.ts';
import type { Codebook } from './codebook.ts';
import type { PacketReader } from './packet-reader.ts';

const passes = 8;

/** The fine spectrum of channels, as sums of vectors (Vorbis I, section 8). */
export class Residue {
  readonly #type: number;
  readonly #begin: number;
  readonly #end: number;
  readonly #partitionSize: number;
  readonly #classBook: Codebook;
  /** The book of each class and pass. */
  readonly #books: (Codebook | undefined)[][];

  constructor(reader: PacketReader, codebooks: readonly Codebook[]) {
    this.#type = reader.read(16);
    if (this.#type > 2) throw decodeFailure('Vorbis', `a residue is of unknown type ${this.#type}`);
    this.#begin = reader.read(24);
    this.#end = reader.read(24);
    this.#partitionSize = reader.read(24) + 1;
    const classes = reader.read(6) + 1;
    this.#classBook = pickBook(codebooks, reader.read(8));
    const cascades = Array.from({ length: classes }, () => {
      const low = reader.read(3);
      return low + 8 * (reader.readFlag() ? reader.read(5) : 0);
    });
    this.#books = cascades.map((cascade) =>
      Array.from({ length: passes }, (_, pass) => {
        if ((cascade & (1 << pass)) === 0) return undefined;
        const book = pickBook(codebooks, reader.read(8));
        if (!book.hasVectors || this.#partitionSize % book.dimensions !== 0) {
          throw decodeFailure('Vorbis', 'a residue names a codebook that does not fit it');
        }
        return book;
      }),
    );
  }

  /**
   * Adds to the spectra what the packet holds; throws EndOfBits where it ends early, with what was
   * read by then in place. Channels that are not to be decoded are left alone.
   */
  read(
    reader: PacketReader,
    spectra: readonly Float64Array[],
    isDecoded: readonly boolean[],
  ): void {
    if (this.#type !== 2) {
      this.#readVectors(
        reader,
        spectra.filter((_, channel) => isDecoded[channel]),
      );
    } else if (isDecoded.includes(true)) {
      const size = spectra[0]!.length;
      const interleaved = new Float64Array(size * spectra.length);
      try {
        this.#readVectors(reader, [interleaved]);
      } finally {
        spectra.forEach((spectrum, channel) => {
          for (let index = 0; index < size; index++) {
            spectrum[index] = interleaved[index * spectra.length + channel]!;
          }
        });
      }
    }
  }

  #readVectors(reader: PacketReader, targets: readonly Float64Array[]): void {
    const size = targets[0]?.length ?? 0;
    const begin = Math.min(this.#begin, size);
    const end = Math.min(this.#end, size);
    const partitions = Math.floor(Math.max(0, end - begin) / this.#partitionSize);
    const perWord = this.#classBook.dimensions;
    const classes = targets.map(() => new Uint8Array(partitions + perWord));
    for (let pass = 0; pass < passes; pass++) {
      for (let partition = 0; partition < partitions; partition++) {
        if (pass === 0 && partition % perWord === 0) {
          for (const list of classes) this.#readClasses(reader, list, partition);
        }
        const start = begin + partition * this.#partitionSize;
        targets.forEach((target, channel) => {
          const book = this.#books[classes[channel]![partition]!]![pass];
          if (book) this.#addPartition(reader, book, target, start);
        });
      }
    }
  }

  #readClasses(reader: PacketReader, list: Uint8Array, first: number): void {
    let word = this.#classBook.readNumber(reader);
    for (let index = this.#classBook.dimensions - 1; index >= 0; index--) {
      list[first + index] = word % this.#books.length;
      word = Math.floor(word / this.#books.length);
    }
  }

  #addPartition(reader: PacketReader, book: Codebook, target: Float64Array, start: number): void {
    const { dimensions } = book;
    const vectors = this.#partitionSize / dimensions;
    for (let index = 0; index < vectors; index++) {
      const vector = book.readVector(reader);
      const first = this.#type === 0 ? start + index : start + index * dimensions;
      const step = this.#type === 0 ? vectors : 1;
      for (let place = 0; place < dimensions; place++) {
        target[first + place * step]! += vector[place]!;
      }
    }
  }
}

function pickBook(codebooks: readonly Codebook[], index: number): Codebook {
  const book = codebooks[index];
  if (!book)
    throw decodeFailure('Vorbis', `a residue names codebook ${index}, which does not exist`);
  return book;
}
