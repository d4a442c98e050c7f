import { concatenate } from './concatenate.ts';
import { SerError } from './errors.ts';
import type { DeltasConfig } from './feature-config.ts';

/**
 * Weights of the frames -h … h: the first derivative of the fitted line, or the second derivative of
 * the fitted parabola. Formula: Savitzky and Golay 1964.
 */
function buildWeights(order: number, half: number): Float64Array {
  const offsets = Array.from({ length: 2 * half + 1 }, (_, i) => i - half);
  const shape = offsets.map((k) => (order === 1 ? k : k * k));
  const mean = shape.reduce((sum, value) => sum + value, 0) / shape.length;
  const squares = shape.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Float64Array.from(shape, (value) => (order * (value - mean)) / squares);
}

/**
 * Appends slopes (and curvatures) over time to rows that come in pieces, as librosa.feature.delta: of
 * the first order a line, of the second a parabola is fitted to `width` frames about each. Rows come
 * out `width` frames late at most, the last ones by `flush`.
 */
export class DeltaAppender {
  readonly #config: DeltasConfig;
  readonly #columns: number;
  readonly #half: number;
  readonly #weights: Float64Array[];
  #rows: Float32Array = new Float32Array(0);
  #firstRow = 0;
  #produced = 0;

  /** @param columns columns of the rows that come in. */
  constructor(config: DeltasConfig, columns: number) {
    this.#config = config;
    this.#columns = columns;
    this.#half = (config.width - 1) / 2;
    this.#weights = Array.from({ length: config.order }, (_, i) => buildWeights(i + 1, this.#half));
  }

  get #received(): number {
    return this.#firstRow + this.#rows.length / this.#columns;
  }

  /** Takes rows and returns those that are finished, `order + 1` times as wide. */
  push(rows: Float32Array): Float32Array {
    this.#rows = concatenate(this.#rows, rows);
    const received = this.#received;
    const isWaiting = this.#config.mode === 'interp' && received < this.#config.width;
    return this.#produce(isWaiting ? 0 : received - this.#half, received);
  }

  /**
   * Returns the rest; the next push starts anew.
   *
   * @throws SerError AUDIO_TOO_SHORT for fewer than `width` rows in mode 'interp'.
   */
  flush(): Float32Array {
    const received = this.#received;
    const { mode, width } = this.#config;
    if (mode === 'interp' && received > 0 && received < width) {
      throw new SerError(
        'AUDIO_TOO_SHORT',
        `deltas.width is ${width}, but the audio has only ${received} frame${received === 1 ? '' : 's'}; with deltas.mode 'interp' it must have as many.`,
      );
    }
    const output = this.#produce(received, received);
    this.#rows = new Float32Array(0);
    this.#firstRow = 0;
    this.#produced = 0;
    return output;
  }

  #produce(end: number, received: number): Float32Array {
    const columns = this.#columns;
    const frames = Math.max(0, end - this.#produced);
    const width = columns * (this.#config.order + 1);
    const output = new Float32Array(frames * width);
    for (let i = 0; i < frames; i++) {
      const row = output.subarray(i * width, (i + 1) * width);
      const frame = this.#produced + i;
      row.set(this.#rowAt(frame));
      for (const [order, weights] of this.#weights.entries()) {
        this.#fit(frame, received, weights, row.subarray(columns * (order + 1)));
      }
    }
    this.#produced += frames;
    this.#dropBefore(Math.min(this.#produced - this.#half, received - this.#config.width));
    return output;
  }

  #rowAt(frame: number): Float32Array {
    const start = (frame - this.#firstRow) * this.#columns;
    return this.#rows.subarray(start, start + this.#columns);
  }

  #fit(frame: number, received: number, weights: Float64Array, target: Float32Array): void {
    const half = this.#half;
    // A derivative of the fit's own degree is the same all along it.
    const centre =
      this.#config.mode === 'interp' ? Math.max(half, Math.min(received - 1 - half, frame)) : frame;
    const columns = this.#columns;
    const sums = new Float64Array(columns);
    for (let k = -half; k <= half; k++) {
      const source = this.#rowAt(Math.max(0, Math.min(received - 1, centre + k)));
      const weight = weights[k + half]!;
      for (let column = 0; column < columns; column++) sums[column]! += weight * source[column]!;
    }
    target.set(sums);
  }

  #dropBefore(frame: number): void {
    const dropped = Math.max(0, frame - this.#firstRow);
    this.#rows = this.#rows.subarray(dropped * this.#columns);
    this.#firstRow += dropped;
  }
}
