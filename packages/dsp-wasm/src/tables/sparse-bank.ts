/** A row's weights; bins outside the segments weigh 0. */
export interface BankRow {
  segments: { firstBin: number; weights: readonly number[] }[];
}

/** Keeps the stretches of a dense row whose weights are above the floor of their bin. */
export function toBankRow(weights: ArrayLike<number>, isKept: (bin: number) => boolean): BankRow {
  const segments: BankRow['segments'] = [];
  let current: number[] | undefined;
  for (let bin = 0; bin < weights.length; bin++) {
    if (!isKept(bin)) {
      current = undefined;
      continue;
    }
    if (!current) {
      current = [];
      segments.push({ firstBin: bin, weights: current });
    }
    current.push(weights[bin]!);
  }
  return { segments };
}

/** The kernels' form: for each row the segment count, then first bin, length and weights of each. */
export function packBank(rows: readonly BankRow[]): Uint8Array {
  const words = rows.reduce(
    (sum, row) => row.segments.reduce((inner, { weights }) => inner + 2 + weights.length, sum + 1),
    0,
  );
  const bytes = new Uint8Array(4 * words);
  const integers = new Int32Array(bytes.buffer);
  const floats = new Float32Array(bytes.buffer);
  let cursor = 0;
  for (const { segments } of rows) {
    integers[cursor++] = segments.length;
    for (const { firstBin, weights } of segments) {
      integers[cursor++] = firstBin;
      integers[cursor++] = weights.length;
      floats.set(weights, cursor);
      cursor += weights.length;
    }
  }
  return bytes;
}
