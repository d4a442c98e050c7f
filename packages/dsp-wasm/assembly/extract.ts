import { chromaOfBlock } from './chroma';
import { contrastOfBlock, largestOfRows } from './contrast';
import { dctOfBlock } from './dct';
import { decibels, largestLane } from './decibel';
import { melOfBlock } from './mel';
import { pitchOfBlock } from './pitch';
import {
  chromaBins,
  columnBuffer,
  contrastLinear,
  contrastRows,
  extraColumns,
  fftLength,
  keepPower,
  melBands,
  melColumns,
  melUnit,
  mfccCount,
  output,
  outputColumns,
  pitchOn,
  power,
  raw,
  rawColumns,
  spectrumBuffer,
  spectrumOn,
  topDb,
  tuningEstimated,
} from './plan';
import { shapeOfBlock } from './shape';
import { powerOfBlock } from './stft';
import { clearPeaks, collectPeaks, estimateTuning } from './tuning';
import { waveformOfBlock } from './waveform';

/** The host writes the chroma filter bank for this deviation (0 … 99, 50 is none) to the plan's place. */
declare function loadChromaBank(deviationBin: i32): void;

let largestMel: v128 = i32x4.splat(0);
let largestPeak: v128 = i32x4.splat(0);
let largestValley: v128 = i32x4.splat(0);

export function beginClip(): void {
  largestMel = f32x4.splat(0);
  largestPeak = f32x4.splat(0);
  largestValley = f32x4.splat(0);
  clearPeaks();
}

function powerOf(frame: i32): usize {
  return keepPower ? power + <usize>(frame >> 2) * ((<usize>(fftLength >> 1) + 1) << 4) : power;
}

function rawOf(frame: i32): usize {
  return raw + <usize>(frame >> 2) * ((<usize>rawColumns) << 4);
}

/** First pass over `frames` frames of the sample buffer: spectra and what follows from them alone. */
export function analyse(frames: i32): void {
  for (let frame = 0; frame < frames; frame += 4) {
    const spectrum = powerOf(frame);
    let target = rawOf(frame);
    if (spectrumOn) powerOfBlock(frame, frames, spectrum);
    if (melBands) {
      largestMel = melOfBlock(spectrum, target, largestMel);
      target += (<usize>melBands) << 4;
    }
    if (chromaBins) {
      if (tuningEstimated) collectPeaks(spectrum, frames - frame);
      else chromaOfBlock(spectrum, target);
      target += (<usize>chromaBins) << 4;
    }
    if (contrastRows) {
      const valleys = target + ((<usize>contrastRows) << 4);
      contrastOfBlock(spectrum, target, valleys);
      largestPeak = largestOfRows(target, largestPeak);
      largestValley = largestOfRows(valleys, largestValley);
      target = valleys + ((<usize>contrastRows) << 4);
    }
    if (extraColumns) {
      target = waveformOfBlock(frame, frames, target);
      target = shapeOfBlock(spectrum, target);
      if (pitchOn) pitchOfBlock(frame, frames, target);
    }
  }
}

/** Ends the first pass of a clip whose tuning is estimated: the filter bank is ready afterwards. */
export function tuneChroma(): void {
  loadChromaBank(estimateTuning());
}

/** Second pass, for an estimated tuning: chroma of every frame, from spectra kept or formed again. */
export function chromaPass(frames: i32): void {
  for (let frame = 0; frame < frames; frame += 4) {
    const spectrum = powerOf(frame);
    if (!keepPower) powerOfBlock(frame, frames, spectrum);
    chromaOfBlock(spectrum, rawOf(frame) + ((<usize>melBands) << 4));
  }
}

/** Four columns of four frames, turned to four frames of four columns. */
function storeTransposed(columns: usize, target: usize, stride: usize, rows: i32): void {
  const a = v128.load(columns, 0);
  const b = v128.load(columns, 16);
  const c = v128.load(columns, 32);
  const d = v128.load(columns, 48);
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  v128.store(target, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
  if (rows === 1) return;
  target += stride;
  v128.store(target, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
  if (rows === 2) return;
  target += stride;
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5));
  if (rows === 3) return;
  v128.store(target + stride, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7));
}

function storeRows(columns: usize, frame: i32, rows: i32): void {
  const stride = (<usize>outputColumns) << 2;
  const target = output + <usize>frame * stride;
  const whole = outputColumns & ~3;
  for (let column = 0; column < whole; column += 4) {
    storeTransposed(
      columns + ((<usize>column) << 4),
      target + ((<usize>column) << 2),
      stride,
      rows,
    );
  }
  for (let column = whole; column < outputColumns; column++) {
    for (let row = 0; row < rows; row++) {
      const value = load<f32>(columns + ((<usize>column) << 4) + ((<usize>row) << 2));
      store<f32>(target + <usize>row * stride + ((<usize>column) << 2), value);
    }
  }
}

function copyColumns(source: usize, target: usize, columns: i32): void {
  memory.copy(target, source, (<usize>columns) << 4);
}

/** Whisper's unit, (log10(power) + 4) / 4, from decibels. */
function copyForWhisper(decibels: usize, target: usize, columns: i32): void {
  const scale = f32x4.splat(0.025);
  const one = f32x4.splat(1);
  for (let offset: usize = 0, end = (<usize>columns) << 4; offset < end; offset += 16) {
    v128.store(target + offset, f32x4.add(f32x4.mul(v128.load(decibels + offset), scale), one));
  }
}

function decibelFloor(largest: v128): v128 {
  const peak = f32x4.extract_lane(decibels(f32x4.splat(largestLane(largest))), 0);
  return f32x4.splat(peak - topDb);
}

/** Last pass: decibels with the clip's floor, DCT, and rows of the output matrix. */
export function finish(frames: i32): void {
  const melFloor = decibelFloor(largestMel);
  const peakFloor = decibelFloor(largestPeak);
  const valleyFloor = decibelFloor(largestValley);
  const needsDecibels = mfccCount || melUnit;
  for (let frame = 0; frame < frames; frame += 4) {
    let source = rawOf(frame);
    let target = columnBuffer;
    const mel = source;
    if (needsDecibels) {
      for (let band = 0; band < melBands; band++) {
        const offset = (<usize>band) << 4;
        v128.store(
          spectrumBuffer + offset,
          f32x4.pmax(decibels(v128.load(mel + offset)), melFloor),
        );
      }
    }
    source += (<usize>melBands) << 4;
    const chromaTarget = target + ((<usize>mfccCount) << 4);
    copyColumns(source, chromaTarget, chromaBins);
    const melTarget = chromaTarget + ((<usize>chromaBins) << 4);
    if (melUnit === 2) copyForWhisper(spectrumBuffer, melTarget, melColumns);
    else copyColumns(melUnit ? spectrumBuffer : mel, melTarget, melColumns);
    if (mfccCount) dctOfBlock(spectrumBuffer, target);
    source += (<usize>chromaBins) << 4;
    target = melTarget + ((<usize>melColumns) << 4);
    for (let row = 0; row < contrastRows; row++) {
      const peak = v128.load(source);
      const valley = v128.load(source + ((<usize>contrastRows) << 4));
      v128.store(
        target,
        contrastLinear
          ? f32x4.sub(peak, valley)
          : f32x4.sub(
              f32x4.pmax(decibels(peak), peakFloor),
              f32x4.pmax(decibels(valley), valleyFloor),
            ),
      );
      source += 16;
      target += 16;
    }
    copyColumns(source + ((<usize>contrastRows) << 4), target, extraColumns);
    storeRows(columnBuffer, frame, min(4, frames - frame));
  }
}

/** Power spectra alone, one row a frame. */
export function spectrogram(frames: i32): void {
  for (let frame = 0; frame < frames; frame += 4) {
    powerOfBlock(frame, frames, power);
    storeRows(power, frame, min(4, frames - frame));
  }
}

/** A whole clip in one call. */
export function extract(frames: i32): void {
  beginClip();
  analyse(frames);
  if (tuningEstimated) {
    tuneChroma();
    chromaPass(frames);
  }
  finish(frames);
}
