import { Transform } from './transform';

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

/** Two neighbouring windowed samples of one frame, as doubles. */
function windowedPair(frame: usize, window: usize, index: usize): v128 {
  return f64x2.mul(
    f64x2.promote_low_f32x4(v128.load64_zero(frame + (index << 3))),
    v128.load(window + (index << 4)),
  );
}

/** Even samples of both frames: the real part of the packed signal. */
function evens(first: v128, second: v128): v128 {
  return v128.shuffle<f64>(first, second, 0, 2);
}

/** Odd samples of both frames: the imaginary part of the packed signal. */
function odds(first: v128, second: v128): v128 {
  return v128.shuffle<f64>(first, second, 1, 3);
}

/** Windows both frames and does the first pass of the transform, four points a time. */
function loadByFours(transform: Transform, frameA: usize, frameB: usize, size: usize): void {
  const window = transform.window;
  const quarter = size >> 2;
  let order = transform.order;
  let target = transform.buffer;
  const end = target + (size << 5);
  while (target < end) {
    const index = <usize>load<u32>(order);
    let first = windowedPair(frameA, window, index);
    let second = windowedPair(frameB, window, index);
    const ar = evens(first, second);
    const ai = odds(first, second);
    first = windowedPair(frameA, window, index + 2 * quarter);
    second = windowedPair(frameB, window, index + 2 * quarter);
    const cr = evens(first, second);
    const ci = odds(first, second);
    const evenSumR = f64x2.add(ar, cr);
    const evenSumI = f64x2.add(ai, ci);
    const evenDiffR = f64x2.sub(ar, cr);
    const evenDiffI = f64x2.sub(ai, ci);

    first = windowedPair(frameA, window, index + quarter);
    second = windowedPair(frameB, window, index + quarter);
    const br = evens(first, second);
    const bi = odds(first, second);
    first = windowedPair(frameA, window, index + 3 * quarter);
    second = windowedPair(frameB, window, index + 3 * quarter);
    const dr = evens(first, second);
    const di = odds(first, second);
    const oddSumR = f64x2.add(br, dr);
    const oddSumI = f64x2.add(bi, di);
    const oddDiffR = f64x2.sub(br, dr);
    const oddDiffI = f64x2.sub(bi, di);

    v128.store(target, f64x2.add(evenSumR, oddSumR), 0);
    v128.store(target, f64x2.add(evenSumI, oddSumI), 16);
    v128.store(target, f64x2.add(evenDiffR, oddDiffI), 32);
    v128.store(target, f64x2.sub(evenDiffI, oddDiffR), 48);
    v128.store(target, f64x2.sub(evenSumR, oddSumR), 64);
    v128.store(target, f64x2.sub(evenSumI, oddSumI), 80);
    v128.store(target, f64x2.sub(evenDiffR, oddDiffI), 96);
    v128.store(target, f64x2.add(evenDiffI, oddDiffR), 112);
    order += 4;
    target += 128;
  }
}

/** The same with two points a time, for sizes that are not a power of four. */
function loadByTwos(transform: Transform, frameA: usize, frameB: usize, size: usize): void {
  const window = transform.window;
  const half = size >> 1;
  let order = transform.order;
  let target = transform.buffer;
  const end = target + (size << 5);
  while (target < end) {
    const index = <usize>load<u32>(order);
    let first = windowedPair(frameA, window, index);
    let second = windowedPair(frameB, window, index);
    const ar = evens(first, second);
    const ai = odds(first, second);
    first = windowedPair(frameA, window, index + half);
    second = windowedPair(frameB, window, index + half);
    const br = evens(first, second);
    const bi = odds(first, second);
    v128.store(target, f64x2.add(ar, br), 0);
    v128.store(target, f64x2.add(ai, bi), 16);
    v128.store(target, f64x2.sub(ar, br), 32);
    v128.store(target, f64x2.sub(ai, bi), 48);
    order += 4;
    target += 64;
  }
}

/** Half-length transform of two windowed frames, packed, in the transform's buffer. */
export function transformPair(transform: Transform, frameA: usize, frameB: usize): void {
  const size = transform.length >> 1;
  if (ctz(size) & 1) {
    loadByTwos(transform, frameA, frameB, size);
    combineSpans(transform.buffer, size, 2, transform.twiddles);
  } else {
    loadByFours(transform, frameA, frameB, size);
    combineSpans(transform.buffer, size, 4, transform.twiddles);
  }
}
