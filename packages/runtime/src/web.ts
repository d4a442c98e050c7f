import {
  type Classifier,
  type ClassifierOptions,
  type ModelSource,
  openClassifier,
} from './web-classifier.ts';

export * from './core/index.ts';
export type { DownloadProgress } from './fetch-bytes.ts';
export type { Audio, Classifier, ClassifierOptions, ModelSource } from './web-classifier.ts';

/**
 * Loads a model. Works in pages and in workers; `createWorkerClassifier` of `@ser/runtime/worker`
 * keeps the page responsive.
 *
 * @param source URL of a `model.onnx`, its bytes, or a `Blob` or `File`.
 * @throws SerError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `MODEL_INVALID` (the file is not a model of
 *   this project; the message says what is missing), `RUNTIME_UNAVAILABLE`, or `ABORTED` after the
 *   signal.
 *
 * @example
 * const classifier = await createClassifier('/model.onnx', { wasmUrl: '/ort.wasm' });
 * const { label, confidence } = await classifier.predict(input.files[0]);
 */
export async function createClassifier(
  source: ModelSource,
  options: ClassifierOptions = {},
): Promise<Classifier> {
  return openClassifier(source, options);
}
