/**
 * The passes of the complex FFT of two signals at once, in double precision: one signal a lane of
 * f64x2, so that no lane ever meets another and a frame's result does not depend on its neighbour.
 * A complex value is 32 bytes: v128 real, v128 imaginary. Mixed radix, decimation in time: a pass
 * combines transforms of `span` points each, four, three or five at a time. Formula: Cooley and Tukey
 * 1965; sums of three and five by symmetric pairs, Winograd 1978.
 */

/** sin(2 pi / 3). */
const SINE_THIRD: f64 = 0.8660254037844386;

/** cos and sin of 2 pi / 5 and of 4 pi / 5. */
const COSINE_FIFTH: f64 = 0.30901699437494742;
const SINE_FIFTH: f64 = 0.95105651629515357;
const COSINE_TWO_FIFTHS: f64 = -0.80901699437494742;
const SINE_TWO_FIFTHS: f64 = 0.58778525229247313;

/** Real part of a point times a factor. */
function turnedRe(point: usize, factor: usize): v128 {
  return f64x2.sub(
    f64x2.mul(v128.load(point, 0), v128.load64_splat(factor, 0)),
    f64x2.mul(v128.load(point, 16), v128.load64_splat(factor, 8)),
  );
}

/** Imaginary part of a point times a factor. */
function turnedIm(point: usize, factor: usize): v128 {
  return f64x2.add(
    f64x2.mul(v128.load(point, 0), v128.load64_splat(factor, 8)),
    f64x2.mul(v128.load(point, 16), v128.load64_splat(factor, 0)),
  );
}

function combineByFours(buffer: usize, end: usize, span: usize, twiddles: usize): void {
  const leg = span << 5;
  for (let block = buffer; block < end; block += leg << 2) {
    let factor = twiddles;
    const blockEnd = block + leg;
    for (let a = block; a < blockEnd; a += 32) {
      const b = a + leg;
      const c = b + leg;
      const d = c + leg;

      let wr = v128.load64_splat(factor, 0);
      let wi = v128.load64_splat(factor, 8);
      let xr = v128.load(b, 0);
      let xi = v128.load(b, 16);
      const br = f64x2.sub(f64x2.mul(xr, wr), f64x2.mul(xi, wi));
      const bi = f64x2.add(f64x2.mul(xr, wi), f64x2.mul(xi, wr));

      wr = v128.load64_splat(factor, 32);
      wi = v128.load64_splat(factor, 40);
      xr = v128.load(d, 0);
      xi = v128.load(d, 16);
      const dr = f64x2.sub(f64x2.mul(xr, wr), f64x2.mul(xi, wi));
      const di = f64x2.add(f64x2.mul(xr, wi), f64x2.mul(xi, wr));

      const oddSumR = f64x2.add(br, dr);
      const oddSumI = f64x2.add(bi, di);
      const oddDiffR = f64x2.sub(br, dr);
      const oddDiffI = f64x2.sub(bi, di);

      wr = v128.load64_splat(factor, 16);
      wi = v128.load64_splat(factor, 24);
      xr = v128.load(c, 0);
      xi = v128.load(c, 16);
      const cr = f64x2.sub(f64x2.mul(xr, wr), f64x2.mul(xi, wi));
      const ci = f64x2.add(f64x2.mul(xr, wi), f64x2.mul(xi, wr));

      const ar = v128.load(a, 0);
      const ai = v128.load(a, 16);
      const evenSumR = f64x2.add(ar, cr);
      const evenSumI = f64x2.add(ai, ci);
      const evenDiffR = f64x2.sub(ar, cr);
      const evenDiffI = f64x2.sub(ai, ci);

      v128.store(a, f64x2.add(evenSumR, oddSumR), 0);
      v128.store(a, f64x2.add(evenSumI, oddSumI), 16);
      v128.store(b, f64x2.add(evenDiffR, oddDiffI), 0);
      v128.store(b, f64x2.sub(evenDiffI, oddDiffR), 16);
      v128.store(c, f64x2.sub(evenSumR, oddSumR), 0);
      v128.store(c, f64x2.sub(evenSumI, oddSumI), 16);
      v128.store(d, f64x2.sub(evenDiffR, oddDiffI), 0);
      v128.store(d, f64x2.add(evenDiffI, oddDiffR), 16);

      factor += 48;
    }
  }
}

function combineByThrees(buffer: usize, end: usize, span: usize, twiddles: usize): void {
  const leg = span << 5;
  const half = f64x2.splat(0.5);
  const sine = f64x2.splat(SINE_THIRD);
  for (let block = buffer; block < end; block += leg * 3) {
    let factor = twiddles;
    const blockEnd = block + leg;
    for (let a = block; a < blockEnd; a += 32) {
      const b = a + leg;
      const c = b + leg;
      const br = turnedRe(b, factor);
      const bi = turnedIm(b, factor);
      const cr = turnedRe(c, factor + 16);
      const ci = turnedIm(c, factor + 16);
      const ar = v128.load(a, 0);
      const ai = v128.load(a, 16);
      const sumR = f64x2.add(br, cr);
      const sumI = f64x2.add(bi, ci);
      const diffR = f64x2.mul(sine, f64x2.sub(br, cr));
      const diffI = f64x2.mul(sine, f64x2.sub(bi, ci));
      const middleR = f64x2.sub(ar, f64x2.mul(half, sumR));
      const middleI = f64x2.sub(ai, f64x2.mul(half, sumI));
      v128.store(a, f64x2.add(ar, sumR), 0);
      v128.store(a, f64x2.add(ai, sumI), 16);
      v128.store(b, f64x2.add(middleR, diffI), 0);
      v128.store(b, f64x2.sub(middleI, diffR), 16);
      v128.store(c, f64x2.sub(middleR, diffI), 0);
      v128.store(c, f64x2.add(middleI, diffR), 16);
      factor += 32;
    }
  }
}

function combineByFives(buffer: usize, end: usize, span: usize, twiddles: usize): void {
  const leg = span << 5;
  const cos1 = f64x2.splat(COSINE_FIFTH);
  const sin1 = f64x2.splat(SINE_FIFTH);
  const cos2 = f64x2.splat(COSINE_TWO_FIFTHS);
  const sin2 = f64x2.splat(SINE_TWO_FIFTHS);
  for (let block = buffer; block < end; block += leg * 5) {
    let factor = twiddles;
    const blockEnd = block + leg;
    for (let a = block; a < blockEnd; a += 32) {
      const b = a + leg;
      const c = b + leg;
      const d = c + leg;
      const e = d + leg;
      let xr = turnedRe(b, factor);
      let xi = turnedIm(b, factor);
      let yr = turnedRe(e, factor + 48);
      let yi = turnedIm(e, factor + 48);
      const outerSumR = f64x2.add(xr, yr);
      const outerSumI = f64x2.add(xi, yi);
      const outerDiffR = f64x2.sub(xr, yr);
      const outerDiffI = f64x2.sub(xi, yi);
      xr = turnedRe(c, factor + 16);
      xi = turnedIm(c, factor + 16);
      yr = turnedRe(d, factor + 32);
      yi = turnedIm(d, factor + 32);
      const innerSumR = f64x2.add(xr, yr);
      const innerSumI = f64x2.add(xi, yi);
      const innerDiffR = f64x2.sub(xr, yr);
      const innerDiffI = f64x2.sub(xi, yi);
      const ar = v128.load(a, 0);
      const ai = v128.load(a, 16);
      v128.store(a, f64x2.add(ar, f64x2.add(outerSumR, innerSumR)), 0);
      v128.store(a, f64x2.add(ai, f64x2.add(outerSumI, innerSumI)), 16);

      xr = f64x2.add(ar, f64x2.add(f64x2.mul(cos1, outerSumR), f64x2.mul(cos2, innerSumR)));
      xi = f64x2.add(ai, f64x2.add(f64x2.mul(cos1, outerSumI), f64x2.mul(cos2, innerSumI)));
      yr = f64x2.add(f64x2.mul(sin1, outerDiffR), f64x2.mul(sin2, innerDiffR));
      yi = f64x2.add(f64x2.mul(sin1, outerDiffI), f64x2.mul(sin2, innerDiffI));
      v128.store(b, f64x2.add(xr, yi), 0);
      v128.store(b, f64x2.sub(xi, yr), 16);
      v128.store(e, f64x2.sub(xr, yi), 0);
      v128.store(e, f64x2.add(xi, yr), 16);

      xr = f64x2.add(ar, f64x2.add(f64x2.mul(cos2, outerSumR), f64x2.mul(cos1, innerSumR)));
      xi = f64x2.add(ai, f64x2.add(f64x2.mul(cos2, outerSumI), f64x2.mul(cos1, innerSumI)));
      yr = f64x2.sub(f64x2.mul(sin2, outerDiffR), f64x2.mul(sin1, innerDiffR));
      yi = f64x2.sub(f64x2.mul(sin2, outerDiffI), f64x2.mul(sin1, innerDiffI));
      v128.store(c, f64x2.add(xr, yi), 0);
      v128.store(c, f64x2.sub(xi, yr), 16);
      v128.store(d, f64x2.sub(xr, yi), 0);
      v128.store(d, f64x2.add(xi, yr), 16);
      factor += 64;
    }
  }
}

/** Points that the first pass takes at a time, while it loads them; the later passes make the rest. */
export function firstSpan(size: i32): i32 {
  if (size & 1) return 1;
  return ctz(size) & 1 ? 2 : 4;
}

/** All passes behind the first, in place: by fours, then threes, then fives (see fft-tables.ts). */
export function combineSpans(buffer: usize, size: i32, twiddles: usize): void {
  const end = buffer + ((<usize>size) << 5);
  let span = firstSpan(size);
  let rest = size / span;
  let table = twiddles;
  for (; rest % 4 === 0; rest >>= 2, span <<= 2) {
    combineByFours(buffer, end, span, table);
    table += <usize>span * 48;
  }
  for (; rest % 3 === 0; rest /= 3, span *= 3) {
    combineByThrees(buffer, end, span, table);
    table += <usize>span * 32;
  }
  for (; rest > 1; rest /= 5, span *= 5) {
    combineByFives(buffer, end, span, table);
    table += <usize>span * 64;
  }
}
