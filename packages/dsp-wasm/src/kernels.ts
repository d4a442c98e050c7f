import { decodeBase64 } from './base64.ts';
import { SerError } from './errors.ts';
import { wasmBase64 } from './generated/wasm-module.ts';

type PlanField =
  | 'fftLength'
  | 'hopLength'
  | 'frameTransform'
  | 'keptBins'
  | 'keptSpectrum'
  | 'samples'
  | 'power'
  | 'keepPower'
  | 'raw'
  | 'rawColumns'
  | 'output'
  | 'outputColumns'
  | 'columnBuffer'
  | 'spectrumBuffer'
  | 'melBands'
  | 'melBank'
  | 'melExponent'
  | 'melUnit'
  | 'melColumns'
  | 'mfccCount'
  | 'dctTable'
  | 'chromaBins'
  | 'chromaBank'
  | 'chromaNorm'
  | 'tuningEstimated'
  | 'tuningFirstBin'
  | 'tuningEndBin'
  | 'sampleRateHz'
  | 'tuningPeaks'
  | 'contrastRows'
  | 'contrastTable'
  | 'contrastLinear'
  | 'selectionBuffer'
  | 'clipStart'
  | 'clipEnd'
  | 'spectrumOn'
  | 'extraColumns'
  | 'rmsOn'
  | 'zcrOn'
  | 'centroidOn'
  | 'bandwidthOn'
  | 'bandwidthExponent'
  | 'rolloffOn'
  | 'rolloffShare'
  | 'flatnessOn'
  | 'pitchOn'
  | 'pitchShortest'
  | 'pitchLongest'
  | 'pitchThreshold'
  | 'pitchTransform'
  | 'pitchFrames'
  | 'pitchSpectra'
  | 'pitchValues'
  | 'topDb';

/** Values of the kernels' plan; assembly/plan.ts says what each is. */
export type Plan = Partial<Record<PlanField, number>>;

/** One instance of the WebAssembly module, with its own memory. */
export interface Kernels extends Record<PlanField, WebAssembly.Global> {
  memory: WebAssembly.Memory;
  peakCount: WebAssembly.Global;
  heapBase(): number;
  beginClip(): void;
  analyse(frames: number): void;
  tuneChroma(): void;
  chromaPass(frames: number): void;
  finish(frames: number): void;
  extract(frames: number): void;
  spectrogram(frames: number): void;
  findNotFinite(values: number, count: number): number;
  transformFrames(transform: number, frameA: number, frameB: number, target: number): void;
  invertSpectra(transform: number, spectra: number, target: number): void;
  vocodeFrame(
    transform: number,
    frameA: number,
    frameB: number,
    spectra: number,
    phasors: number,
    share: number,
    isFirst: number,
    target: number,
  ): void;
  frameMeanSquares(
    samples: number,
    frames: number,
    frameLength: number,
    hopLength: number,
    target: number,
  ): void;
  resampleExact(
    samples: number,
    first: number,
    up: number,
    down: number,
    count: number,
    phases: number,
    taps: number,
    target: number,
  ): void;
  resampleInterpolated(
    samples: number,
    first: number,
    up: number,
    down: number,
    count: number,
    phases: number,
    taps: number,
    rows: number,
    target: number,
  ): void;
}

/** Called by the kernels once the tuning of a clip is known. */
export type LoadChromaBank = (deviationBin: number) => void;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Compiles the embedded module, once in a program.
 *
 * @throws SerError WASM_UNAVAILABLE where WebAssembly or its SIMD is missing or forbidden.
 */
export function compileKernels(): Promise<WebAssembly.Module> {
  compiled ??= compile(decodeBase64(wasmBase64));
  return compiled;
}

/** Compiles a module, with an error that says what may be missing. */
export async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new SerError(
      'WASM_UNAVAILABLE',
      "The signal kernels could not be compiled; they need WebAssembly with SIMD, and in a page whose content security policy sets script-src, 'wasm-unsafe-eval' there.",
      { cause },
    );
  }
}

export function instantiateKernels(
  module: WebAssembly.Module,
  loadChromaBank: LoadChromaBank = () => {},
): Kernels {
  const instance = new WebAssembly.Instance(module, { extract: { loadChromaBank } });
  return instance.exports as unknown as Kernels;
}

export function writePlan(kernels: Kernels, plan: Plan): void {
  for (const [field, value] of Object.entries(plan)) {
    kernels[field as PlanField].value = value;
  }
}
