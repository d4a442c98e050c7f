import type { Manifest, Prediction } from '@ser/runtime/web';
import type { Failure, PredictRequest, WorkerMessage } from './protocol.ts';

/** A failure that the worker reported. */
export class PredictionError extends Error {
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

/** Talks to the worker, which keeps the page responsive. */
export class PredictionClient {
  /** Settles when the model is loaded, or cannot be. */
  readonly manifest: Promise<Manifest>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Deferred<Prediction>>();
  #nextId = 0;

  constructor() {
    this.#worker = new Worker(new URL('./prediction-worker.ts', import.meta.url), {
      type: 'module',
    });
    const loaded = createDeferred<Manifest>();
    this.manifest = loaded.promise;
    this.#worker.addEventListener('error', ({ message }) => {
      loaded.reject(new PredictionError({ code: 'WORKER_FAILED', message }));
    });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.kind === 'loaded') loaded.resolve(data.manifest);
      else if (data.kind === 'load-failed') loaded.reject(new PredictionError(data.failure));
      else if (data.kind === 'predicted') this.#take(data.id)?.resolve(data.prediction);
      else this.#take(data.id)?.reject(new PredictionError(data.failure));
    });
  }

  predict(file: File): Promise<Prediction> {
    const request: PredictRequest = { id: this.#nextId++, file };
    const deferred = createDeferred<Prediction>();
    this.#pending.set(request.id, deferred);
    this.#worker.postMessage(request);
    return deferred.promise;
  }

  #take(id: number): Deferred<Prediction> | undefined {
    const deferred = this.#pending.get(id);
    this.#pending.delete(id);
    return deferred;
  }
}

interface Deferred<Value> {
  promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: Error): void;
}

function createDeferred<Value>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
