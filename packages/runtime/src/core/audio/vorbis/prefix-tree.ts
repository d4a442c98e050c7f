import { EndOfBits } from '../bytes/bit-reader.ts';
import type { PacketReader } from './packet-reader.ts';

const free = -1;
const root = 0;

/**
 * A Huffman tree. Every code word takes the leftmost free place of its length, in the order of the
 * entries; this is how Vorbis tells codes by their lengths alone.
 */
export class PrefixTree {
  /** Two children a node: an inner node's index, or -2 - entry for a leaf. */
  readonly #children: number[] = [free, free];
  readonly #isFull: boolean[] = [false];
  #leaves = 0;
  #lastEntry = 0;

  /** Whether there was room for a code word of this length. */
  add(length: number, entry: number): boolean {
    this.#leaves++;
    this.#lastEntry = entry;
    return this.#insert(root, length, entry);
  }

  /** Whether every sequence of bits means something; one word, or none, is a lawful exception. */
  get isComplete(): boolean {
    return this.#isFull[root]! || this.#leaves <= 1;
  }

  /** The next entry; a tree without any ends the packet. */
  read(reader: PacketReader): number {
    if (this.#leaves === 0) throw new EndOfBits('The code has no words.');
    if (this.#leaves === 1) {
      reader.read(1);
      return this.#lastEntry;
    }
    let node = root;
    do {
      node = this.#children[2 * node + reader.read(1)]!;
    } while (node >= 0);
    return -2 - node;
  }

  #insert(node: number, depth: number, entry: number): boolean {
    if (this.#isFull[node]) return false;
    const children = this.#children;
    for (const side of [2 * node, 2 * node + 1]) {
      if (depth === 1) {
        if (children[side] !== free) continue;
        children[side] = -2 - entry;
      } else {
        if (children[side] === free) {
          children[side] = this.#isFull.length;
          this.#isFull.push(false);
          children.push(free, free);
        }
        if (children[side]! < 0 || !this.#insert(children[side]!, depth - 1, entry)) continue;
      }
      this.#isFull[node] = this.#isSideFull(2 * node) && this.#isSideFull(2 * node + 1);
      return true;
    }
    return false;
  }

  #isSideFull(side: number): boolean {
    const child = this.#children[side]!;
    return child < free || (child >= 0 && this.#isFull[child]!);
  }
}
