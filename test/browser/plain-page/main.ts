import * as runtime from '@ser/runtime';
import webgpuWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/** What the test calls from outside. */
const exposed = {
  runtime,
  wasmUrl: new URL(wasmUrl, location.href).href,
  webgpuWasmUrl: new URL(webgpuWasmUrl, location.href).href,
};
Object.assign(window, exposed);

declare global {
  interface Window {
    runtime: typeof import('@ser/runtime/web');
    wasmUrl: string;
    webgpuWasmUrl: string;
  }
}
