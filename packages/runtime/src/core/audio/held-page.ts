/**
 * Holds a stream's last page of samples back, since only a page's end tells how many of its samples
 * count: what the first page is short of is cut off at the start, and the last one at the end. Counts
 * that would cut more than the coding of blocks explains are wrong, and are not followed.
 */
export class HeldPage {
  #blocks: Float32Array[] = [];
  #page: number | undefined;
  /** Samples of the stream up to the end of the held ones, those cut off included. */
  #received = 0;

  get received(): number {
    return this.#received;
  }

  /** Whether a block of this page comes behind those of another. */
  isFollowedBy(page: number): boolean {
    return this.#blocks.length > 0 && page !== this.#page;
  }

  add(block: Float32Array, page: number): void {
    this.#received += block.length;
    if (block.length === 0) return;
    this.#blocks.push(block);
    this.#page = page;
  }

  /**
   * Cuts off the first samples of the page.
   *
   * @returns how many.
   */
  dropFirst(count: number): number {
    if (count <= 0 || count >= this.#mostCut(0)) return 0;
    for (let left = count; left > 0; ) {
      const first = this.#blocks.shift()!;
      if (first.length > left) this.#blocks.unshift(first.subarray(left));
      left -= Math.min(left, first.length);
    }
    return count;
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
   */
  finish(end: number): Float32Array[] {
    let surplus = this.#received - end;
    if (surplus >= this.#mostCut(-2)) surplus = 0;
    const blocks = this.release();
    while (surplus > 0) {
      const last = blocks.pop()!;
      if (last.length > surplus) blocks.push(last.subarray(0, last.length - surplus));
      surplus -= Math.min(surplus, last.length);
    }
    return blocks;
  }

  /** Samples of two blocks of the page: an encoder fills up no more than its last ones. */
  #mostCut(start: number): number {
    const blocks = start < 0 ? this.#blocks.slice(start) : this.#blocks.slice(start, start + 2);
    return blocks.reduce((sum, block) => sum + block.length, 0);
  }
}
