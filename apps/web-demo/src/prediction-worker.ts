import modelUrl from 'ser:model.onnx?url';
import { createClassifier, SerError } from '@ser/runtime/web';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { Failure, PredictRequest, WorkerMessage } from './protocol.ts';

const base = self.location.href;
const loading = createClassifier(new URL(modelUrl, base), { wasmUrl: new URL(wasmUrl, base) });

loading.then(
  ({ manifest }) => post({ kind: 'loaded', manifest }),
  (error) => post({ kind: 'load-failed', failure: toFailure(error) }),
);

self.addEventListener('message', async ({ data }: MessageEvent<PredictRequest>) => {
  const { id, file } = data;
  try {
    const classifier = await loading;
    post({ kind: 'predicted', id, prediction: await classifier.predict(file) });
  } catch (error) {
    post({ kind: 'predict-failed', id, failure: toFailure(error) });
  }
});

function post(message: WorkerMessage): void {
  self.postMessage(message);
}

function toFailure(error: unknown): Failure {
  if (error instanceof SerError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: String(error) };
}
