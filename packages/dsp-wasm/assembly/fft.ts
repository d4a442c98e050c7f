/**
 * Complex FFT of two signals at once, in double precision: one signal a lane of f64x2, so that no
 * lane ever meets another and a frame's result does not depend on its neighbour.
 * A complex value is 32 bytes: v128 real, v128 imaginary. Radix 4, decimation in time; the input is
 * expected in digit-reversed order with the first `span` points already combined (see stft.ts).
 */
export function combineSpans(buffer: usize, size: i32, firstSpan: i32, twiddles: usize): void {
  const end = buffer + ((<usize>size) << 5);
  let table = twiddles;
  for (let span = firstSpan; span < size; span <<= 2) {
    const leg = (<usize>span) << 5;
    for (let block = buffer; block < end; block += leg << 2) {
      let factor = table;
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
    table += <usize>span * 48;
  }
}
