import type { Manifest, Prediction } from '@ser/runtime/web';

/** What the page asks of the worker: to judge a file. */
export interface PredictRequest {
  id: number;
  file: File;
}

/** An error as it can cross to the page. */
export interface Failure {
  code: string;
  message: string;
}

/** What the worker tells the page: once that the model is there or is not, then its answers. */
export type WorkerMessage =
  | { kind: 'loaded'; manifest: Manifest }
  | { kind: 'load-failed'; failure: Failure }
  | { kind: 'predicted'; id: number; prediction: Prediction }
  | { kind: 'predict-failed'; id: number; failure: Failure };
