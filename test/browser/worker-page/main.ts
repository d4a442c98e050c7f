import * as runtime from '@ser/runtime/worker';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/** What the test calls from outside. */
const exposed = {
  workerRuntime: runtime,
  wasmUrl: new URL(wasmUrl, location.href).href,
  startOwnWorker: () => new Worker(new URL('./own-worker.ts', import.meta.url), { type: 'module' }),
};
Object.assign(window, exposed);

declare global {
  interface Window {
    workerRuntime: typeof import('@ser/runtime/worker');
    startOwnWorker(): Worker;
  }
}
