import type { CallName, EngineAnswer, EngineCalls, EngineRequest, Failure } from './protocol.ts';

/** A failure that the worker reported. */
export class EngineError extends Error {
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

/** Returns any error as what can be shown. */
export function toFailure(error: unknown): Failure {
  const code = error instanceof EngineError ? error.code : 'UNEXPECTED';
  return { code, message: error instanceof Error ? error.message : String(error) };
}

export interface CallOptions<Progress> {
  onProgress?: (value: Progress) => void;
  /** Stops the call; it then fails with `ABORTED`, save for `listen`, which ends. */
  signal?: AbortSignal;
  transfer?: Transferable[];
}

interface PendingCall {
  resolve(result: unknown): void;
  reject(reason: Error): void;
  onProgress: ((value: never) => void) | undefined;
}

/** Talks to the worker that decodes, computes and judges, so that the page never waits. */
export class EngineClient {
  readonly #worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 0;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<EngineAnswer>) => {
      this.#take(data);
    });
    this.#worker.addEventListener('error', ({ message }) => {
      const failure = { code: 'WORKER_FAILED', message: message || 'The worker stopped.' };
      for (const id of this.#pending.keys()) this.#take({ id, kind: 'failed', failure });
    });
  }

  /** @throws EngineError (as a rejection) where the worker could not do it. */
  call<Name extends CallName>(
    name: Name,
    params: EngineCalls[Name]['params'],
    { onProgress, signal, transfer = [] }: CallOptions<EngineCalls[Name]['progress']> = {},
  ): Promise<EngineCalls[Name]['result']> {
    const id = this.#nextId++;
    const request = { id, name, params } as EngineRequest;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as PendingCall['resolve'], reject, onProgress });
      this.#worker.postMessage(request, transfer);
      const cancel = () => this.#worker.postMessage({ id, name: 'cancel' } satisfies EngineRequest);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  #take(answer: EngineAnswer): void {
    const call = this.#pending.get(answer.id);
    if (answer.kind === 'progress') {
      call?.onProgress?.(answer.value as never);
      return;
    }
    this.#pending.delete(answer.id);
    if (answer.kind === 'done') call?.resolve(answer.result);
    else call?.reject(new EngineError(answer.failure));
  }
}
