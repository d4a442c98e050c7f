/**
 * The inverse modified discrete cosine transform of one block size n:
 * y[i] = Σ X[k] cos(2π / n (i + 1/2 + n / 4)(k + 1/2)), k < n / 2. Computed as a DCT-IV of n / 2
 * points through a complex Fourier transform of n / 4.
 */
export class InverseMdct {
  readonly #points: number;
  readonly #twiddleRe: Float64Array;
  readonly #twiddleIm: Float64Array;
  readonly #rootRe: Float64Array;
  readonly #rootIm: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #dct: Float64Array;

  constructor(blockSize: number) {
    const half = blockSize / 2;
    const points = blockSize / 4;
    const twiddleAngle = (index: number) => (-Math.PI * (8 * index + 1)) / (8 * half);
    const rootAngle = (index: number) => (-2 * Math.PI * index) / points;
    this.#points = points;
    this.#twiddleRe = Float64Array.from({ length: points }, (_, k) => Math.cos(twiddleAngle(k)));
    this.#twiddleIm = Float64Array.from({ length: points }, (_, k) => Math.sin(twiddleAngle(k)));
    this.#rootRe = Float64Array.from({ length: points }, (_, k) => Math.cos(rootAngle(k)));
    this.#rootIm = Float64Array.from({ length: points }, (_, k) => Math.sin(rootAngle(k)));
    this.#re = new Float64Array(points);
    this.#im = new Float64Array(points);
    this.#dct = new Float64Array(half);
  }

  /** Writes n values for a spectrum of n / 2. */
  transform(spectrum: Float64Array, target: Float64Array): void {
    if (spectrum.every((value) => value === 0)) {
      target.fill(0);
      return;
    }
    this.#computeDct(spectrum);
    const dct = this.#dct;
    const half = dct.length;
    const quarter = half / 2;
    for (let index = 0; index < quarter; index++) {
      target[index] = dct[index + quarter]!;
      target[3 * quarter + index] = -dct[index]!;
    }
    for (let index = quarter; index < 3 * quarter; index++) {
      target[index] = -dct[3 * quarter - 1 - index]!;
    }
  }

  #computeDct(spectrum: Float64Array): void {
    const points = this.#points;
    const dct = this.#dct;
    const last = dct.length - 1;
    const [re, im] = [this.#re, this.#im];
    for (let index = 0; index < points; index++) {
      this.#rotate(index, spectrum[2 * index]!, spectrum[last - 2 * index]!);
    }
    this.#fourier();
    for (let index = 0; index < points; index++) {
      this.#rotate(index, re[index]!, im[index]!);
      dct[2 * index] = re[index]!;
      dct[last - 2 * index] = -im[index]!;
    }
  }

  #rotate(place: number, a: number, b: number): void {
    const c = this.#twiddleRe[place]!;
    const s = this.#twiddleIm[place]!;
    this.#re[place] = a * c - b * s;
    this.#im[place] = a * s + b * c;
  }

  /** In place, radix 2. */
  #fourier(): void {
    const [re, im, points] = [this.#re, this.#im, this.#points];
    for (let index = 1, mirror = 0; index < points; index++) {
      let bit = points >> 1;
      for (; mirror & bit; bit >>= 1) mirror ^= bit;
      mirror ^= bit;
      if (index < mirror) {
        [re[index], re[mirror]] = [re[mirror]!, re[index]!];
        [im[index], im[mirror]] = [im[mirror]!, im[index]!];
      }
    }
    for (let size = 2; size <= points; size *= 2) {
      const stride = points / size;
      for (let start = 0; start < points; start += size) {
        for (let k = 0; k < size / 2; k++) {
          const c = this.#rootRe[k * stride]!;
          const s = this.#rootIm[k * stride]!;
          const a = start + k;
          const b = a + size / 2;
          const x = re[b]! * c - im[b]! * s;
          const y = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
      }
    }
  }
}
