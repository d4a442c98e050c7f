import { createRequire } from 'node:module';

/** The part of Meyda used here; its own types describe an ES module, but Node gets CommonJS. */
interface MeydaLibrary {
  bufferSize: number;
  sampleRate: number;
  numberOfMFCCCoefficients: number;
  melBands: number;
  extract(features: string[], signal: Float32Array): unknown;
}

const Meyda = createRequire(import.meta.url)('meyda') as MeydaLibrary;

const frameLength = 2048;
const hopLength = 512;

/** MFCC and chroma of every centred frame, as Meyda's users compute them offline. */
export function extractWithMeyda(samples: Float32Array, sampleRateHz: number): void {
  Meyda.bufferSize = frameLength;
  Meyda.sampleRate = sampleRateHz;
  Meyda.numberOfMFCCCoefficients = 40;
  Meyda.melBands = 128;
  const padded = new Float32Array(samples.length + frameLength);
  padded.set(samples, frameLength / 2);
  for (let start = 0; start + frameLength <= padded.length; start += hopLength) {
    Meyda.extract(['mfcc', 'chroma'], padded.subarray(start, start + frameLength));
  }
}
