export {
  analyse,
  beginClip,
  chromaPass,
  extract,
  finish,
  spectrogram,
  tuneChroma,
} from './extract';
export { findNotFinite } from './finite';
export { invertSpectra, transformFrames } from './fourier';
export * from './plan';
export { resampleExact, resampleInterpolated } from './resample';
export { frameMeanSquares } from './trim';
export { peakCount } from './tuning';
export { vocodeFrame } from './vocoder';

/** First address that the host may use. */
export function heapBase(): usize {
  return __heap_base;
}
