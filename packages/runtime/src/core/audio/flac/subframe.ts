import type { BitReader } from '../bytes/bit-reader.ts';
import { decodeFailure } from '../decode-failure.ts';
import { addPredictions } from './linear-prediction.ts';

/** Coefficients of the fixed predictors of order 0 to 4, the nearest sample first. */
const fixedPredictors: readonly (readonly number[])[] = [
  [],
  [1],
  [2, -1],
  [3, -3, 1],
  [4, -6, 4, -1],
];

/** Reads one channel of a frame into `samples`: whole numbers of `bits` bits. */
export function readFlacSubframe(reader: BitReader, samples: Float64Array, bits: number): void {
  reader.readBits(1);
  const type = reader.readBits(6);
  const wastedBits = reader.readBits(1) === 1 ? reader.readUnary() + 1 : 0;
  const usedBits = bits - wastedBits;
  if (usedBits < 1) throw decodeFailure('FLAC', 'a channel has no bits left');
  if (type === 0) {
    samples.fill(reader.readSigned(usedBits));
  } else if (type === 1) {
    for (let index = 0; index < samples.length; index++)
      samples[index] = reader.readSigned(usedBits);
  } else if (type >= 8 && type <= 12) {
    readFixed(reader, samples, usedBits, type - 8);
  } else if (type >= 32) {
    readLinear(reader, samples, usedBits, type - 31);
  } else {
    throw decodeFailure('FLAC', `a channel is coded in a reserved way (${type})`);
  }
  if (wastedBits > 0) {
    const factor = 2 ** wastedBits;
    for (let index = 0; index < samples.length; index++) samples[index]! *= factor;
  }
}

function readFixed(reader: BitReader, samples: Float64Array, bits: number, order: number): void {
  readWarmUp(reader, samples, bits, order);
  readResidual(reader, samples, order);
  addPredictions(samples, { coefficients: fixedPredictors[order]!, shift: 0, bits });
}

function readLinear(reader: BitReader, samples: Float64Array, bits: number, order: number): void {
  readWarmUp(reader, samples, bits, order);
  const precision = reader.readBits(4) + 1;
  const shift = reader.readSigned(5);
  if (precision === 16 || shift < 0) {
    throw decodeFailure('FLAC', 'a linear predictor has settings that are not allowed');
  }
  const coefficients = Array.from({ length: order }, () => reader.readSigned(precision));
  readResidual(reader, samples, order);
  addPredictions(samples, { coefficients, shift, bits });
}

function readWarmUp(reader: BitReader, samples: Float64Array, bits: number, order: number): void {
  if (order > samples.length) throw decodeFailure('FLAC', 'a predictor is longer than its block');
  for (let index = 0; index < order; index++) samples[index] = reader.readSigned(bits);
}

/** Rice-coded residuals in 2^n partitions. */
function readResidual(reader: BitReader, samples: Float64Array, order: number): void {
  const method = reader.readBits(2);
  if (method > 1) throw decodeFailure('FLAC', 'its residuals are coded in a reserved way');
  const parameterBits = method === 0 ? 4 : 5;
  const escapeCode = method === 0 ? 15 : 31;
  const partitions = 1 << reader.readBits(4);
  const length = samples.length / partitions;
  if (!Number.isInteger(length) || length < order) {
    throw decodeFailure(
      'FLAC',
      `a block of ${samples.length} samples has ${partitions} partitions`,
    );
  }
  for (let partition = 0; partition < partitions; partition++) {
    const start = partition === 0 ? order : partition * length;
    const end = (partition + 1) * length;
    const parameter = reader.readBits(parameterBits);
    if (parameter === escapeCode) {
      const bits = reader.readBits(5);
      for (let index = start; index < end; index++) {
        samples[index] = bits === 0 ? 0 : reader.readSigned(bits);
      }
    } else {
      reader.readRice(parameter, samples, start, end);
    }
  }
}
