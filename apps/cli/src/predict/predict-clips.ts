import { type Classifier, SerError } from '@ser/runtime';
import { Tinypool } from 'tinypool';
import type { ClipSource } from './clip-source.ts';
import { mapInOrder } from './map-in-order.ts';
import { type Outcome, predictSources } from './outcome.ts';
import type { PredictTask } from './predict-worker.ts';

/** Clips that go through the model together: more make no clip faster. */
const chunkClips = 8;
/** Below this, starting threads takes longer than they save. */
const fewestClipsForThreads = 32;

/** Settings of {@link predictClips}. */
export interface PredictClipsOptions {
  /** The model's path; each thread loads it. */
  model: string;
  /** The same model, loaded: it predicts few clips without any thread. */
  classifier: Classifier;
  threads: number;
  signal: AbortSignal;
}

/**
 * Predicts clips on several threads and yields their outcomes in the clips' order, as they are made.
 *
 * @throws SerError `ABORTED` after the signal.
 */
export async function* predictClips(
  sources: readonly ClipSource[],
  options: PredictClipsOptions,
): AsyncGenerator<Outcome> {
  const { classifier, threads, signal } = options;
  const isForThreads = threads > 1 && sources.length >= fewestClipsForThreads;
  let done = 0;
  const chunks = isForThreads
    ? predictOnThreads(sources, options)
    : mapInOrder(takeChunks(sources, 1, signal), 1, (chunk) => predictSources(classifier, chunk));
  for await (const outcomes of chunks) {
    yield* outcomes;
    done += outcomes.length;
  }
  if (done === sources.length) return;
  throw new SerError(
    'ABORTED',
    `The prediction was stopped after ${done} of ${sources.length} clips.`,
  );
}

async function* predictOnThreads(
  sources: readonly ClipSource[],
  { model, threads, signal }: PredictClipsOptions,
): AsyncGenerator<Outcome[]> {
  const pool = new Tinypool({
    filename: new URL('./predict-worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const predictChunk = (chunk: ClipSource[]): Promise<Outcome[]> => {
    const task: PredictTask = { model, sources: chunk };
    return pool.run(task, { name: 'predictChunk' });
  };
  try {
    yield* mapInOrder(takeChunks(sources, chunkClips, signal), 3 * threads, predictChunk);
  } finally {
    // onnxruntime survives the end of a thread only where no session runs on it.
    await pool.destroy();
  }
}

/** Cuts a list into pieces, until the signal. */
function* takeChunks<Item>(
  items: readonly Item[],
  size: number,
  signal: AbortSignal,
): Generator<Item[]> {
  for (let first = 0; first < items.length && !signal.aborted; first += size) {
    yield items.slice(first, first + size);
  }
}
