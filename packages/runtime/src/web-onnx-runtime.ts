import { SerError } from '@ser/dsp-wasm';
import type { OpenSession } from './core/inference.ts';
import { type OnnxRuntime, openOnnxSession, type SessionSettings } from './onnx-session.ts';
import { fetchWasm } from './wasm-address.ts';

const devices = ['wasm', 'webgpu', 'auto'] as const;

/** What a model computes on in a browser. */
export interface DeviceOptions {
  /**
   * `wasm`: the processor. `webgpu`: the graphics processor, or an error. `auto`: the graphics
   * processor where the browser gives one and the model runs on it, else the processor;
   * `classifier.device` says which it is, and why. Default `wasm`. Results on a graphics processor
   * agree within 1e-3, not to the bit.
   */
  device?: (typeof devices)[number];
  /**
   * Where the app serves `onnxruntime-web/ort-wasm-simd-threaded.wasm`. Default: where the bundler
   * puts it. Only the first classifier of a page decides.
   */
  wasmUrl?: string | URL;
  /**
   * The same of `onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm`, which is fetched in its place
   * where the model runs on the graphics processor.
   */
  webgpuWasmUrl?: string | URL;
  /**
   * Threads that one prediction may use; more than 1 needs a cross-origin-isolated page, and
   * a bundler other than webpack, or none. Default 1.
   */
  threads?: number;
}

/** What of WebGPU is needed; TypeScript's own types for pages lack it. */
interface Gpu {
  requestAdapter(): Promise<{ info: { isFallbackAdapter?: boolean } } | null>;
}

/** @throws SerError `INVALID_ARGUMENT` for a device that is not known. */
export function assertDevice(device: DeviceOptions['device'] = 'wasm'): void {
  if (devices.includes(device)) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `device is ${JSON.stringify(device)}; it must be ${devices.join(' or ')}.`,
  );
}

/**
 * Opens sessions on the device that is wanted or, for `auto`, on the first that can be had.
 *
 * @throws SerError on opening: `RUNTIME_UNAVAILABLE` where the device or the library for it cannot be
 *   had, `MODEL_INVALID` where the library refuses the graph.
 */
export function openOnDevice(options: DeviceOptions): OpenSession {
  const { device = 'wasm', threads = 1 } = options;
  return async (model) => {
    const settings = wasmSettings(threads);
    if (device === 'wasm') {
      return openOnnxSession(await loadWasmRuntime(options), model, settings);
    }
    try {
      return await openOnGpu(model, options);
    } catch (error) {
      if (device === 'webgpu' || !(error instanceof SerError)) throw error;
      const fallback = { ...settings, fallbackReason: error.message };
      return openOnnxSession(await loadWasmRuntime(options), model, fallback);
    }
  };
}

export function wasmSettings(threads: number): SessionSettings {
  return { executionProvider: 'wasm', threads, runsConcurrently: false };
}

/** onnxruntime-web for the processor. */
export async function loadWasmRuntime({ threads = 1, wasmUrl }: DeviceOptions) {
  const runtime = await importRuntime(() => import('onnxruntime-web/wasm'));
  const { wasm } = runtime.env;
  wasm.numThreads = threads;
  if (wasmUrl !== undefined) wasm.wasmBinary ??= await fetchWasm('wasmUrl', wasmUrl);
  return runtime;
}

async function openOnGpu(model: Uint8Array, { device, webgpuWasmUrl }: DeviceOptions) {
  await assertGpu(device === 'auto');
  const runtime = await importRuntime(() => import('onnxruntime-web/webgpu'));
  const { wasm } = runtime.env;
  wasm.numThreads = 1;
  if (webgpuWasmUrl !== undefined) {
    wasm.wasmBinary ??= await fetchWasm('webgpuWasmUrl', webgpuWasmUrl);
  }
  return openOnnxSession(runtime, model, { ...wasmSettings(1), executionProvider: 'webgpu' });
}

async function importRuntime<Runtime extends OnnxRuntime & { env: { logLevel?: string } }>(
  load: () => Promise<Runtime>,
): Promise<Runtime> {
  try {
    const runtime = await load();
    runtime.env.logLevel = 'error';
    return runtime;
  } catch (cause) {
    throw new SerError('RUNTIME_UNAVAILABLE', 'onnxruntime-web cannot be loaded.', { cause });
  }
}

/** Throws before anything is downloaded for a graphics processor that is not there. */
async function assertGpu(mustBeHardware: boolean): Promise<void> {
  const { gpu } = navigator as { gpu?: Gpu };
  if (!gpu) throw gpuUnavailable('this browser or page has no WebGPU');
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) throw gpuUnavailable('WebGPU has no graphics processor');
  if (mustBeHardware && adapter.info.isFallbackAdapter) {
    throw gpuUnavailable('WebGPU is computed by the processor, which is slower than WebAssembly');
  }
}

function gpuUnavailable(reason: string): SerError {
  return new SerError(
    'RUNTIME_UNAVAILABLE',
    `The model cannot run on the graphics processor: ${reason}.`,
  );
}
