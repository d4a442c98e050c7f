import type { RawData, WebSocket } from 'ws';
import type { StreamMessage, StreamQuery } from './schemas.ts';
import { ServiceError, toFailure } from './service-error.ts';
import type { RemoteStream } from './work/stream-pool.ts';

/** Close codes of RFC 6455. */
const closeCodes = { goingAway: 1001, unsupported: 1003, invalid: 1007, internal: 1011 } as const;
/** Audio that waits for the worker; a client that sends more is not read until there is room. */
const mostPendingBytes = 1 << 20;
/** Answers that the client has not read; one that leaves more is cut off. */
const mostUnreadBytes = 1 << 20;
/** A client that sends nothing for so long is gone. */
const idleMs = 60_000;

/** Longest single message, in bytes. */
export const maxMessageBytes = 1 << 20;

/** What {@link carryStream} tells of a stream. */
export interface StreamObserver {
  onAudio(seconds: number): void;
  onFailure(error: unknown): void;
}

/**
 * Carries audio from a WebSocket to a live stream and its updates back. Messages that arrive while
 * the worker is busy are joined, so that many small ones cost no more than a large one; a sample may
 * begin in one and end in the next.
 */
export function carryStream(
  socket: WebSocket,
  stream: RemoteStream,
  { sampleRateHz, format }: Pick<StreamQuery, 'sampleRateHz' | 'format'>,
  labels: readonly string[],
  observer: StreamObserver,
): void {
  const sampleBytes = format === 'f32' ? 4 : 2;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let isPushing = false;
  let timer: NodeJS.Timeout;

  const tell = (message: StreamMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > mostUnreadBytes) socket.terminate();
    else socket.send(JSON.stringify(message));
  };
  const fail = (error: unknown, code: number): void => {
    const { body } = toFailure(error);
    observer.onFailure(error);
    tell({ type: 'error', ...body });
    socket.close(code, body.code);
  };
  const stayAwake = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.close(closeCodes.goingAway, 'IDLE'), idleMs);
  };
  const pump = async (): Promise<void> => {
    if (isPushing) return;
    isPushing = true;
    try {
      while (pendingBytes >= sampleBytes && socket.readyState === socket.OPEN) {
        const bytes = Buffer.concat(pending);
        const end = bytes.length - (bytes.length % sampleBytes);
        const samples = toSamples(bytes.subarray(0, end), format);
        pending = end < bytes.length ? [bytes.subarray(end)] : [];
        pendingBytes = bytes.length - end;
        socket.resume();
        for (const update of await stream.push(samples)) tell({ type: 'update', ...update });
        observer.onAudio(samples.length / sampleRateHz);
      }
    } catch (error) {
      fail(error, error instanceof ServiceError ? closeCodes.internal : closeCodes.invalid);
    } finally {
      isPushing = false;
    }
  };

  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN) return;
    const bytes = data as Buffer;
    if (!isBinary) {
      const message = 'Only binary messages with samples are taken.';
      fail(new ServiceError('REQUEST_INVALID', message), closeCodes.unsupported);
      return;
    }
    stayAwake();
    if (bytes.length === 0) return;
    pending.push(bytes);
    pendingBytes += bytes.length;
    if (pendingBytes >= mostPendingBytes) socket.pause();
    void pump();
  });
  // What breaks the protocol is answered and closed by the library.
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    stream.close();
  });
  stayAwake();
  tell({ type: 'ready', labels: [...labels], latencySec: stream.latencySec });
}

/** Reads whole samples, in the machine's byte order. */
function toSamples(bytes: Uint8Array, format: StreamQuery['format']): Float32Array {
  const { buffer } = new Uint8Array(bytes);
  if (format === 'f32') return new Float32Array(buffer);
  return Float32Array.from(new Int16Array(buffer), (value) => value / 32_768);
}
