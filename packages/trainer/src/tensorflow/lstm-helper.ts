import { type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** What the main thread asks of the helper. Layers are told apart by `layer`. */
export type HelperRequest =
  | {
      type: 'forward';
      layer: string;
      /** [frames, batch, inputs] */
      shape: [number, number, number];
      x: Float32Array;
      lengths: Int32Array;
      kernel: Float32Array;
      recurrentKernel: Float32Array;
      bias: Float32Array;
    }
  /** After `forward`: the gradients of kernel, recurrent kernel and bias. */
  | { type: 'backward'; layer: string; gradient: Float32Array }
  /** After `backward`: the gradient of x. */
  | { type: 'input'; layer: string };

/** What the helper answers: the arrays asked for, or what went wrong. */
export type HelperReply = { id: number } & ({ arrays: Float32Array[] } | { failure: string });

/** What the helper starts with. */
export interface HelperSetUp {
  port: MessagePort;
  signals: Int32Array;
}

/** Indices of the counters that both threads wait on. */
export const requestCount = 0;
export const replyCount = 1;

/** A reply takes milliseconds; a thread that is silent for so long is gone. */
const patienceMs = 600_000;

/**
 * A second thread with a TensorFlow of its own that runs one direction of a bidirectional LSTM while
 * this one runs the other. Requests and replies are synchronous, since tfjs's kernels are.
 */
export class LstmHelper {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signals: Int32Array;
  #lastId = 0;

  private constructor(worker: Worker, port: MessagePort, signals: Int32Array) {
    this.#worker = worker;
    this.#port = port;
    this.#signals = signals;
  }

  /** Starts the thread; it is ready when the promise resolves, and keeps no process alive. */
  static async start(): Promise<LstmHelper> {
    const { port1, port2 } = new MessageChannel();
    const signals = new Int32Array(new SharedArrayBuffer(8));
    const workerData: HelperSetUp = { port: port2 as unknown as MessagePort, signals };
    const worker = new Worker(new URL('./lstm-helper-thread.js', import.meta.url), {
      workerData,
      transferList: [workerData.port],
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    worker.unref();
    const port = port1 as unknown as MessagePort;
    port.unref();
    return new LstmHelper(worker, port, signals);
  }

  /** Lets the helper begin, and returns the number of the request. */
  request(request: HelperRequest): number {
    const id = ++this.#lastId;
    this.#port.postMessage({ id, request });
    Atomics.add(this.#signals, requestCount, 1);
    Atomics.notify(this.#signals, requestCount);
    return id;
  }

  /** Waits for the answer to a request. Answers to older ones that nobody wanted are dropped. */
  receive(id: number): Float32Array[] {
    for (;;) {
      const seen = Atomics.load(this.#signals, replyCount);
      const reply = receiveMessageOnPort(this.#port)?.message as HelperReply | undefined;
      if (reply && reply.id === id) {
        if ('failure' in reply) throw new Error(`The LSTM helper failed: ${reply.failure}`);
        return reply.arrays;
      }
      if (reply) continue;
      if (Atomics.wait(this.#signals, replyCount, seen, patienceMs) === 'timed-out') {
        throw new Error('The LSTM helper does not answer.');
      }
    }
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}
