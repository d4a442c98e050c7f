import { SerError, type SerErrorCode } from '@ser/dsp-wasm';

/** One end of a message channel: a `Worker`, or a worker's own scope. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** Answers one kind of call. */
// biome-ignore lint/suspicious/noExplicitAny: each method has its own argument; `Methods` types them for callers.
type Handler = (argument: any, signal: AbortSignal) => unknown;

/** Methods of one side: what each takes, and what it gives. */
export type Methods = Record<string, [argument: unknown, result: unknown]>;

/** A result whose buffers move to the other side instead of being copied. */
export class Moved<Value> {
  readonly value: Value;
  readonly buffers: Transferable[];

  constructor(value: Value, buffers: Transferable[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

interface Failure {
  /** undefined for an error that is not of the project. */
  code: SerErrorCode | undefined;
  message: string;
}

type Message =
  | { kind: 'call'; id: number; method: string; argument: unknown }
  | { kind: 'abort'; id: number }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'failure'; id: number; failure: Failure };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Calls across a message channel, in both directions. Errors arrive as they were thrown. */
export class Calls<Theirs extends Methods> {
  readonly #port: Port;
  readonly #handlers: Readonly<Record<string, Handler>>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #running = new Map<number, AbortController>();
  #nextId = 0;
  #closedBy: unknown;

  constructor(port: Port, handlers: Readonly<Record<string, Handler>>) {
    this.#port = port;
    this.#handlers = handlers;
    port.addEventListener('message', ({ data }) => this.#receive(data as Message));
  }

  /**
   * Has the other side do something.
   *
   * @throws SerError `ABORTED` where the signal was given before, or what the other side throws.
   */
  async call<Method extends keyof Theirs & string>(
    method: Method,
    argument: Theirs[Method][0],
    { signal, buffers = [] }: { signal?: AbortSignal | undefined; buffers?: Transferable[] } = {},
  ): Promise<Theirs[Method][1]> {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    if (signal?.aborted) {
      throw new SerError('ABORTED', 'The call was stopped.', { cause: signal.reason });
    }
    const id = this.#nextId++;
    const result = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const abort = () => this.#post({ kind: 'abort', id });
    try {
      this.#post({ kind: 'call', id, method, argument }, buffers);
      signal?.addEventListener('abort', abort);
      return await result;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }

  /** Ends every call with this error, those that wait and those to come. */
  close(error: unknown): void {
    this.#closedBy ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#closedBy);
  }

  #receive(message: Message): void {
    if (message.kind === 'call') {
      this.#answer(message.id, message.method, message.argument);
    } else if (message.kind === 'abort') {
      this.#running.get(message.id)?.abort();
    } else if (message.kind === 'result') {
      this.#waiting.get(message.id)?.resolve(message.value);
    } else {
      this.#waiting.get(message.id)?.reject(unpackFailure(message.failure));
    }
  }

  async #answer(id: number, method: string, argument: unknown): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const result = await this.#handlers[method]!(argument, controller.signal);
      const { value, buffers } = result instanceof Moved ? result : new Moved(result, []);
      this.#post({ kind: 'result', id, value }, buffers);
    } catch (error) {
      this.#post({ kind: 'failure', id, failure: packFailure(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #post(message: Message, buffers: Transferable[] = []): void {
    this.#port.postMessage(message, buffers);
  }
}

function packFailure(error: unknown): Failure {
  if (error instanceof SerError) return { code: error.code, message: error.message };
  return { code: undefined, message: error instanceof Error ? error.message : String(error) };
}

function unpackFailure({ code, message }: Failure): Error {
  return code ? new SerError(code, message) : new Error(message);
}
