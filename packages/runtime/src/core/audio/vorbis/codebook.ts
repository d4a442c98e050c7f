import { decodeFailure } from '../decode-failure.ts';
import { countBits, type PacketReader } from './packet-reader.ts';
import { PrefixTree } from './prefix-tree.ts';

/** Far more than encoders use, few enough that a hostile file costs little. */
const mostEntries = 1 << 18;
const syncPattern = 0x564342;

interface VectorTable {
  multiplicands: Float64Array;
  minimum: number;
  delta: number;
  isSequence: boolean;
  /** Values of each dimension where entries count through a lattice; 0 where each has its own. */
  latticeValues: number;
}

/** A code for numbers, and where it has a table, for vectors (Vorbis I, section 3). */
export class Codebook {
  readonly dimensions: number;
  readonly #tree: PrefixTree;
  readonly #table: VectorTable | undefined;
  readonly #vector: Float64Array;

  constructor(reader: PacketReader) {
    if (reader.read(24) !== syncPattern) throw damaged('does not start with its pattern');
    this.dimensions = reader.read(16);
    const entries = reader.read(24);
    if (this.dimensions === 0 || entries === 0 || entries > mostEntries) {
      throw damaged(`has ${entries} entries of ${this.dimensions} dimensions`);
    }
    this.#tree = new PrefixTree();
    readLengths(reader, entries, (entry, length) => {
      if (!this.#tree.add(length, entry)) throw damaged('has more codes than fit');
    });
    if (!this.#tree.isComplete) throw damaged('has codes without meaning');
    this.#table = readTable(reader, entries, this.dimensions);
    this.#vector = new Float64Array(this.#table ? this.dimensions : 0);
  }

  get hasVectors(): boolean {
    return this.#table !== undefined;
  }

  readNumber(reader: PacketReader): number {
    return this.#tree.read(reader);
  }

  /** The next vector, in an array that the next call overwrites. */
  readVector(reader: PacketReader): Float64Array {
    const entry = this.#tree.read(reader);
    const vector = this.#vector;
    const { multiplicands, minimum, delta, isSequence, latticeValues } = this.#table!;
    let rest = entry;
    let last = 0;
    for (let index = 0; index < vector.length; index++) {
      let place = entry * vector.length + index;
      if (latticeValues > 0) {
        place = rest % latticeValues;
        rest = Math.floor(rest / latticeValues);
      }
      vector[index] = multiplicands[place]! * delta + minimum + last;
      if (isSequence) last = vector[index]!;
    }
    return vector;
  }
}

function damaged(detail: string): Error {
  return decodeFailure('Vorbis', `a codebook ${detail}`);
}

function readLengths(
  reader: PacketReader,
  entries: number,
  visit: (entry: number, length: number) => void,
): void {
  const isOrdered = reader.readFlag();
  if (isOrdered) {
    let length = reader.read(5) + 1;
    for (let entry = 0; entry < entries; length++) {
      const end = entry + reader.read(countBits(entries - entry));
      if (end > entries || length > 32) throw damaged('has lengths for more entries than it holds');
      while (entry < end) visit(entry++, length);
    }
    return;
  }
  const isSparse = reader.readFlag();
  for (let entry = 0; entry < entries; entry++) {
    if (!isSparse || reader.readFlag()) visit(entry, reader.read(5) + 1);
  }
}

function readTable(
  reader: PacketReader,
  entries: number,
  dimensions: number,
): VectorTable | undefined {
  const kind = reader.read(4);
  if (kind === 0) return undefined;
  if (kind > 2) throw damaged(`has a table of unknown kind ${kind}`);
  const minimum = unpackFloat(reader.read(32));
  const delta = unpackFloat(reader.read(32));
  const bits = reader.read(4) + 1;
  const isSequence = reader.readFlag();
  const latticeValues = kind === 1 ? countLatticeValues(entries, dimensions) : 0;
  const size = latticeValues || entries * dimensions;
  if (size > 16 * mostEntries) throw damaged(`has a table of ${size} values`);
  const multiplicands = Float64Array.from({ length: size }, () => reader.read(bits));
  return { multiplicands, minimum, delta, isSequence, latticeValues };
}

/** Vorbis' own float format: 21 bits of mantissa, 10 of exponent, a sign. */
function unpackFloat(packed: number): number {
  const mantissa = packed & 0x1fffff;
  const exponent = (packed >>> 21) & 0x3ff;
  const magnitude = mantissa * 2 ** (exponent - 788);
  return packed >= 0x80000000 ? -magnitude : magnitude;
}

/** The largest whole number whose power of `dimensions` is not above `entries`. */
function countLatticeValues(entries: number, dimensions: number): number {
  let values = Math.floor(entries ** (1 / dimensions));
  while ((values + 1) ** dimensions <= entries) values++;
  while (values ** dimensions > entries) values--;
  return values;
}
