import type { LiveUpdate } from '@ser/runtime';
import { ServiceError } from '../service-error.ts';
import type { Following } from './messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** Settings of a {@link StreamPool}. */
export interface StreamPoolSettings {
  model: Uint8Array;
  /** Most processes; each is started when a stream first needs it. */
  workers: number;
  maxStreams: number;
  timeoutSec: number;
}

/** What a live stream is opened with. */
export interface StreamRequest extends Following {
  sampleRateHz: number;
}

/** A live stream in a worker. */
export interface RemoteStream {
  /** See `EmotionStream.latencySec`. */
  latencySec: number;
  /** @throws SerError as `EmotionStream.push`; ServiceError `TIMED_OUT` or `WORKER_LOST`. */
  push(samples: Float32Array): Promise<LiveUpdate[]>;
  close(): void;
}

interface Seat {
  worker: Promise<WorkerProcess>;
  streams: number;
}

/**
 * Workers for live streams, apart from those for clips: nothing that is uploaded can cost a stream
 * its worker, and streams cannot keep clips waiting.
 */
export class StreamPool {
  readonly #settings: StreamPoolSettings;
  readonly #seats = new Set<Seat>();
  #count = 0;
  #nextStream = 0;
  #isClosed = false;

  constructor(settings: StreamPoolSettings) {
    this.#settings = settings;
  }

  /** Streams that are open. */
  get streamCount(): number {
    return this.#count;
  }

  /** @throws ServiceError `TOO_MANY_STREAMS` unless one more may be opened. */
  assertRoom(): void {
    const { maxStreams } = this.#settings;
    if (this.#count < maxStreams) return;
    throw new ServiceError(
      'TOO_MANY_STREAMS',
      `${this.#count} live streams are open, and at most ${maxStreams} may be; try again later.`,
    );
  }

  /**
   * Opens a stream in the worker that has the fewest.
   *
   * @throws SerError `INVALID_ARGUMENT`; ServiceError `TOO_MANY_STREAMS` or `WORKER_LOST`.
   */
  async open(request: StreamRequest): Promise<RemoteStream> {
    this.assertRoom();
    const { timeoutSec } = this.#settings;
    const stream = this.#nextStream++;
    const seat = this.#findSeat();
    let isOpen = true;
    seat.streams++;
    this.#count++;
    const leave = (): void => {
      if (!isOpen) return;
      isOpen = false;
      seat.streams--;
      this.#count--;
    };
    try {
      const worker = await seat.worker;
      const { latencySec } = await worker.call(
        'openStream',
        { stream, ...request },
        { timeoutSec },
      );
      return {
        latencySec,
        push: (samples) => worker.call('pushStream', { stream, samples }, { timeoutSec }),
        close: () => {
          leave();
          worker.call('closeStream', { stream }, { timeoutSec }).catch(() => {});
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends all workers at once. */
  close(): void {
    this.#isClosed = true;
    for (const { worker } of this.#seats) worker.then((it) => it.kill()).catch(() => {});
  }

  #findSeat(): Seat {
    if (this.#isClosed) throw new ServiceError('SHUTTING_DOWN', 'The service is shutting down.');
    const seats = [...this.#seats].sort((a, b) => a.streams - b.streams);
    const [best] = seats;
    if (best && (best.streams === 0 || seats.length >= this.#settings.workers)) return best;
    const seat: Seat = { worker: WorkerProcess.start(this.#settings.model), streams: 0 };
    this.#seats.add(seat);
    const remove = () => this.#seats.delete(seat);
    seat.worker.then((worker) => worker.lost).then(remove, remove);
    return seat;
  }
}
