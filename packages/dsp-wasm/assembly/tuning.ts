import { largestLane, log2Exact } from './decibel';
import {
  chromaBins,
  fftLength,
  sampleRateHz,
  tuningEndBin,
  tuningFirstBin,
  tuningPeaks,
} from './plan';
import { selectRecord } from './select';
import { exactPower } from './stft';

/** Bins of the histogram of deviations, each a hundredth of a pitch class wide. */
const DEVIATION_BINS = 100;

/** Frequency of the A four octaves below concert pitch. */
const LOWEST_A_HZ: f32 = 27.5;

/** How much, relatively, a power may differ from its exact rounding. */
const TOLERANCE: f32 = 4e-6;

/** Spectral peaks collected since the clip began: 8 bytes each, magnitude f32 and pitch f32. */
export let peakCount: i32 = 0;

export function clearPeaks(): void {
  peakCount = 0;
}

function addPeak(bin: i32, address: usize): void {
  const below = load<f32>(address - 16);
  const here = load<f32>(address);
  const above = load<f32>(address + 16);
  const curvature = <f64>(above + below) - 2.0 * <f64>here;
  const slope = <f64>(above - below) * 0.5;
  const shift: f32 = Math.abs(slope) >= Math.abs(curvature) ? 0 : <f32>(-slope / curvature);
  const record = tuningPeaks + ((<usize>peakCount) << 3);
  store<f32>(record, here + <f32>0.5 * (above - below) * <f32>0.5 * shift);
  store<f32>(record, <f32>(((<f64>bin + <f64>shift) * sampleRateHz) / <f64>fftLength), 4);
  peakCount++;
}

/** Powers of a bin's lower neighbour, itself and its upper neighbour. */
const neighbours = memory.data(48, 16);

/** Adds those frames in which the bin is a peak. */
function addPeaks(bin: i32, threshold: v128, valid: i32): void {
  const below = exactPower(bin - 1);
  const here = exactPower(bin);
  const above = exactPower(bin + 1);
  const isPeak = v128.and(
    f32x4.gt(here, threshold),
    v128.and(f32x4.gt(here, below), f32x4.ge(here, above)),
  );
  let lanes = i32x4.bitmask(isPeak) & valid;
  if (lanes === 0) return;
  v128.store(neighbours, below, 0);
  v128.store(neighbours, here, 16);
  v128.store(neighbours, above, 32);
  while (lanes) {
    addPeak(bin, neighbours + 16 + ((<usize>ctz(lanes)) << 2));
    lanes &= lanes - 1;
  }
}

/** Largest value of each lane over the spectrum. */
function largestBins(power: usize): v128 {
  const end = power + ((<usize>(fftLength >> 1) + 1) << 4);
  let a = v128.load(power);
  let b = a;
  let c = a;
  let d = a;
  let bin = power;
  for (; bin + 64 <= end; bin += 64) {
    a = f32x4.pmax(a, v128.load(bin, 0));
    b = f32x4.pmax(b, v128.load(bin, 16));
    c = f32x4.pmax(c, v128.load(bin, 32));
    d = f32x4.pmax(d, v128.load(bin, 48));
  }
  for (; bin < end; bin += 16) a = f32x4.pmax(a, v128.load(bin));
  return f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
}

/** Collects the peaks of one block between the plan's bins that exceed a tenth of the frame's maximum. */
export function collectPeaks(power: usize, validFrames: i32): void {
  const largest = largestBins(power);
  if (largestLane(largest) === 0) return;
  const threshold = f32x4.mul(largest, f32x4.splat(0.1));
  // Bins that may be peaks are found by values that round a little differently.
  const lowBound = f32x4.mul(threshold, f32x4.splat(<f32>1 - TOLERANCE));
  const slack = f32x4.splat(<f32>1 + TOLERANCE);
  const valid = validFrames >= 4 ? 15 : (1 << validFrames) - 1;
  let address = power + ((<usize>tuningFirstBin) << 4);
  let below = v128.load(address - 16);
  let here = v128.load(address);
  for (let bin = tuningFirstBin; bin < tuningEndBin; bin++) {
    const above = v128.load(address + 16);
    const raised = f32x4.mul(here, slack);
    const mayBePeak = v128.and(
      f32x4.gt(here, lowBound),
      v128.and(f32x4.ge(raised, below), f32x4.ge(raised, above)),
    );
    if (i32x4.bitmask(mayBePeak) & valid) addPeaks(bin, threshold, valid);
    below = here;
    here = above;
    address += 16;
  }
}

function medianMagnitude(): f32 {
  const upper = selectRecord(tuningPeaks, peakCount, peakCount >> 1);
  if (peakCount & 1) return upper;
  let lower: f32 = 0;
  const middle = tuningPeaks + ((<usize>(peakCount >> 1)) << 3);
  for (let record = tuningPeaks; record < middle; record += 8) {
    lower = max(lower, load<f32>(record));
  }
  return (lower + upper) * 0.5;
}

const histogram = memory.data(DEVIATION_BINS * 4);

/** Index of the fullest deviation bin, 0 … 99; 50 (no deviation) for a clip without peaks. */
export function estimateTuning(): i32 {
  if (peakCount === 0) return DEVIATION_BINS / 2;
  const threshold = medianMagnitude();
  memory.fill(histogram, 0, DEVIATION_BINS * 4);
  const end = tuningPeaks + ((<usize>peakCount) << 3);
  for (let record = tuningPeaks; record < end; record += 8) {
    if (load<f32>(record) < threshold) continue;
    const octaves = <f32>log2Exact(<f64>(load<f32>(record, 4) / LOWEST_A_HZ));
    const classes = <f32>chromaBins * octaves;
    let deviation = classes - <f32>Math.floor(classes);
    if (deviation >= 0.5) deviation -= 1;
    let bin = <i32>Math.floor((<f64>deviation + 0.5) * DEVIATION_BINS);
    if (<f64>deviation < <f64>bin * 0.01 - 0.5) bin--;
    else if (<f64>deviation >= <f64>(bin + 1) * 0.01 - 0.5) bin++;
    bin = max(0, min(DEVIATION_BINS - 1, bin));
    const slot = histogram + ((<usize>bin) << 2);
    store<i32>(slot, load<i32>(slot) + 1);
  }
  let best = 0;
  let bestCount = 0;
  for (let bin = 0; bin < DEVIATION_BINS; bin++) {
    const count = load<i32>(histogram + ((<usize>bin) << 2));
    if (count > bestCount) {
      bestCount = count;
      best = bin;
    }
  }
  return best;
}
