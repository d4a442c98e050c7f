import { SerError } from '@ser/dsp-wasm';
import type { ClassifierOptions, ModelSource } from '../web-classifier.ts';
import { toAbsolute, WorkerClassifier } from './worker-classifier.ts';

export * from '../core/index.ts';
export type { DownloadProgress } from '../fetch-bytes.ts';
export type { Audio, ModelSource } from '../web-classifier.ts';
export type { WorkerClassifier } from './worker-classifier.ts';
export type { WorkerStream } from './worker-stream.ts';

export interface WorkerClassifierOptions extends ClassifierOptions {
  /**
   * The worker to use: one that was just made, whose program is, or imports,
   * `@ser/runtime/worker-script`. It serves this classifier only, and `dispose` ends it. Default: a new one, which Vite (with `worker.format: 'es'`) and
   * webpack bundle by themselves.
   */
  worker?: Worker;
}

/**
 * Loads a model in a worker of the page. The classifier has the methods of `createClassifier`'s, and
 * what only a page can decode (M4A and AAC) is decoded in the page for it.
 *
 * @param source URL of a `model.onnx`, its bytes, or a `Blob` or `File`.
 * @throws SerError as `createClassifier`; `RUNTIME_UNAVAILABLE` where the worker cannot be started,
 *   for instance because a content security policy forbids it.
 *
 * @example
 * const classifier = await createWorkerClassifier('/model.onnx', {
 *   worker: new Worker(new URL('./ser-worker.js', import.meta.url), { type: 'module' }),
 *   onProgress: ({ loadedBytes, totalBytes }) => show(loadedBytes, totalBytes),
 * });
 * const { label } = await classifier.predict(input.files[0]);
 */
export async function createWorkerClassifier(
  source: ModelSource,
  options: WorkerClassifierOptions = {},
): Promise<WorkerClassifier> {
  const { worker, onProgress, signal } = options;
  const { device, wasmUrl, webgpuWasmUrl, speechModelUrl, threads } = options;
  const argument = {
    source: typeof source === 'string' || source instanceof URL ? toAbsolute(source) : source,
    options: {
      ...(device !== undefined && { device }),
      ...(wasmUrl !== undefined && { wasmUrl: toAbsolute(wasmUrl) }),
      ...(webgpuWasmUrl !== undefined && { webgpuWasmUrl: toAbsolute(webgpuWasmUrl) }),
      ...(speechModelUrl !== undefined && { speechModelUrl: toAbsolute(speechModelUrl) }),
      ...(threads !== undefined && { threads }),
    },
    tellsProgress: onProgress !== undefined,
  };
  return WorkerClassifier.open(argument, { worker: worker ?? startWorker(), onProgress, signal });
}

function startWorker(): Worker {
  try {
    // Bundlers look for exactly this expression.
    return new Worker(new URL('./worker-script.js', import.meta.url), { type: 'module' });
  } catch (cause) {
    throw new SerError('RUNTIME_UNAVAILABLE', `The worker cannot be started: ${cause}.`, { cause });
  }
}
