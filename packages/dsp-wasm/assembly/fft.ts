import { combineSpans, firstSpan } from './passes';
import { Transform } from './transform';

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

/** The same with two points a time, for sizes with an odd number of factors of two. */
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

/** Windows both frames alone, for sizes that are odd. */
function loadByOnes(transform: Transform, frameA: usize, frameB: usize, size: usize): void {
  const window = transform.window;
  let order = transform.order;
  let target = transform.buffer;
  const end = target + (size << 5);
  while (target < end) {
    const index = <usize>load<u32>(order);
    const first = windowedPair(frameA, window, index);
    const second = windowedPair(frameB, window, index);
    v128.store(target, evens(first, second), 0);
    v128.store(target, odds(first, second), 16);
    order += 4;
    target += 32;
  }
}

/** Half-length transform of two windowed frames, packed, in the transform's buffer. */
export function transformPair(transform: Transform, frameA: usize, frameB: usize): void {
  const size = transform.length >> 1;
  const span = firstSpan(size);
  if (span === 4) loadByFours(transform, frameA, frameB, size);
  else if (span === 2) loadByTwos(transform, frameA, frameB, size);
  else loadByOnes(transform, frameA, frameB, size);
  combineSpans(transform.buffer, size, transform.twiddles);
}
