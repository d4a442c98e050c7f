import { decodeFailure } from '../decode-failure.ts';

/**
 * Holds a stream's last page of samples back, since only a page's end tells how many of its samples
 * count: what the first page is short of is cut off at the start, and the last one at the end.
 */
export class HeldPage {
  #blocks: Float32Array[] = [];
  /** Samples of the stream up to the end of the held ones, those cut off included. */
  #received = 0;

  get received(): number {
    return this.#received;
  }

  add(block: Float32Array): void {
    this.#blocks.push(block);
    this.#received += block.length;
  }

  /** Cuts off the first samples of the page. */
  dropFirst(count: number): void {
    for (let left = count; left > 0 && this.#blocks.length > 0; ) {
      const dropped = this.#blocks[0]!.subarray(0, left).length;
      this.#blocks[0] = this.#blocks[0]!.subarray(dropped);
      if (this.#blocks[0].length === 0) this.#blocks.shift();
      left -= dropped;
    }
  }

  /** @returns what is held, once another page follows. */
  release(): Float32Array[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }

  /**
   * @param end samples of the stream that count.
   * @returns what is held, up to there.
   * @throws SerError `AUDIO_DECODE_FAILED` where pages before hold more.
   */
  finish(end: number): Float32Array[] {
    let surplus = Math.max(0, this.#received - end);
    const blocks = this.release();
    while (surplus > 0) {
      const last = blocks.pop();
      if (!last) throw decodeFailure('Ogg', 'its last page ends before the one before it');
      if (last.length > surplus) blocks.push(last.subarray(0, last.length - surplus));
      surplus -= Math.min(surplus, last.length);
    }
    return blocks;
  }
}
