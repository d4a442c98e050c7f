import { setTimeout as sleep } from 'node:timers/promises';
import { chooseLabels, type Prediction, type Segment, SerError } from '@ser/runtime';
import type { ClipSource } from './clip-source.ts';
import { mapInOrder } from './map-in-order.ts';
import type { Outcome } from './outcome.ts';
import type { Predictor } from './predictor.ts';
import { readBytes } from './read-bytes.ts';
import { stopAfter } from './stop-after.ts';

/** Requests under way: enough to keep a server's cores busy. */
const requestsAtOnce = 8;
/** Waits, in milliseconds, where the server has no room. */
const waitsMs = [250, 500, 1000, 2000, 4000, 8000];

/** What a server says instead of an answer about a clip. */
interface Refusal {
  error: { code: string; message: string };
}

/**
 * Predicts with a running `ser serve`: every clip is sent to it, and nothing but clips. Where the
 * server has no room, a clip waits and is sent again. The token is `SER_TOKEN`, where it is set.
 *
 * @param address such as `http://127.0.0.1:8080`
 * @param options.speechCheck whether clips in which nobody speaks have no label
 * @param options.labels those to answer among. Default: all of the model's.
 * @throws SerError `INVALID_ARGUMENT` for what is no address; `FILE_UNREADABLE` where no `ser serve`
 *   answers, or it refuses the token.
 */
export async function openServerPredictor(
  address: string,
  { speechCheck, labels }: { speechCheck: boolean; labels?: readonly string[] | undefined },
): Promise<Predictor> {
  const base = toBase(address);
  const model = await ask<{ labels: string[] }>(new URL('v1/model', base));
  if ('error' in model) throw unanswered(base, model.error.message);
  const choice = chooseLabels(model.labels, labels);
  const query = new URLSearchParams({ speechCheck: String(speechCheck) });
  if (labels) query.set('labels', choice.labels.join());

  const send = async <T>(path: string, source: ClipSource, signal: AbortSignal) => {
    const audio = 'path' in source ? await readBytes(source.path) : source.bytes;
    return ask<T>(new URL(path, base), { method: 'POST', body: new Blob([audio]), signal });
  };
  const judge = async (source: ClipSource, signal: AbortSignal): Promise<Outcome | null> => {
    const file = source.name;
    try {
      const answer = await send<Prediction>(`v1/predict?${query}`, source, signal);
      if ('error' in answer) {
        const { code, message } = answer.error;
        return { file, error: { code, message: `${file}: ${message}` } };
      }
      const { label, confidence, probabilities, uncertain } = answer;
      return { file, label, confidence, probabilities, uncertain };
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof SerError) || error instanceof Unanswered) throw error;
      return { file, error: { code: error.code, message: error.message } };
    }
  };
  return {
    labels: choice.labels,
    async *predict(sources, signal) {
      const outcomes = mapInOrder(sources, requestsAtOnce, (source) => judge(source, signal));
      yield* stopAfter(takeUntilNull(outcomes), sources.length);
    },
    async *segments(source, signal) {
      const among = labels ? `?labels=${choice.labels.join()}` : '';
      const answer = await send<Segment[]>(`v1/timeline${among}`, source, signal);
      if (!('error' in answer)) return yield* answer;
      throw new SerError('FILE_UNREADABLE', `${source.name}: ${answer.error.message}`);
    },
    close: async () => {},
  };
}

/** The server is not there, or is none of ours: no clip will fare better. */
class Unanswered extends SerError {}

function unanswered({ origin }: URL, reason: string, cause?: unknown): Unanswered {
  const text = `No \`ser serve\` answers at ${origin}: ${reason.replace(/\.$/, '')}.`;
  return new Unanswered('FILE_UNREADABLE', text, { cause });
}

/** Asks the server, again where it has no room. */
async function ask<T>(url: URL, request: RequestInit = {}): Promise<T | Refusal> {
  const token = process.env.SER_TOKEN;
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url, { ...request, headers }).catch((cause: Error) => {
      const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw unanswered(url, reason, cause);
    });
    const body = await response.json().catch((cause) => {
      throw unanswered(url, 'what answers is something else', cause);
    });
    if (response.ok) return body as T;
    const { code, message } = body as Record<string, unknown>;
    if (typeof code !== 'string' || typeof message !== 'string') {
      throw unanswered(url, `what answers ${response.status} is something else`);
    }
    const hasNoRoom = response.status === 429 || response.status === 503;
    if (!hasNoRoom || attempt === waitsMs.length) return { error: { code, message } };
    await sleep(waitsMs[attempt]! * (1 + Math.random()));
    request.signal?.throwIfAborted();
  }
}

function toBase(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    return new URL(url.href.endsWith('/') ? url.href : `${url.href}/`);
  }
  throw new SerError(
    'INVALID_ARGUMENT',
    `--server is ${address}; it must be an address such as http://127.0.0.1:8080.`,
  );
}

async function* takeUntilNull<T>(items: AsyncIterable<T | null>): AsyncGenerator<T> {
  for await (const item of items) {
    if (item === null) return;
    yield item;
  }
}
