import { type Classifier, createClassifier } from '@ser/runtime';
import { Tinypool } from 'tinypool';
import type { ClipSource } from './clip-source.ts';
import { mapInOrder } from './map-in-order.ts';
import { type Outcome, predictSources } from './outcome.ts';
import type { PredictTask } from './predict-worker.ts';
import type { Predictor } from './predictor.ts';
import { stopAfter } from './stop-after.ts';

/** Clips that go through the model together: more make no clip faster. */
const chunkClips = 8;
/** Below this, starting threads takes longer than they save. */
const fewestClipsForThreads = 32;
/** As much as is decoded at once; the decoder has a limit of its own. */
const longestRecordingSec = 4 * 3600;

/**
 * Opens a model; many clips are predicted on several threads, each with the model loaded once.
 *
 * @throws SerError as `createClassifier` does.
 */
export async function openLocalPredictor(model: string, threads: number): Promise<Predictor> {
  const classifier = await createClassifier(model);
  return {
    labels: classifier.labels,
    async *predict(sources, signal) {
      const isForThreads = threads > 1 && sources.length >= fewestClipsForThreads;
      const outcomes = isForThreads
        ? predictOnThreads({ model, threads, sources, signal })
        : predictHere(classifier, sources, signal);
      yield* stopAfter(outcomes, sources.length);
    },
    segments: (source, signal) =>
      classifier.segments('path' in source ? source.path : source.bytes, {
        ...{ maxDurationSec: longestRecordingSec, signal },
      }),
    close: () => classifier.dispose(),
  };
}

async function* predictHere(
  classifier: Classifier,
  sources: readonly ClipSource[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  for (const chunk of takeChunks(sources, 1, signal)) {
    yield* await predictSources(classifier, chunk);
  }
}

async function* predictOnThreads({
  model,
  threads,
  sources,
  signal,
}: {
  model: string;
  threads: number;
  sources: readonly ClipSource[];
  signal: AbortSignal;
}): AsyncGenerator<Outcome> {
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
    const chunks = takeChunks(sources, chunkClips, signal);
    for await (const outcomes of mapInOrder(chunks, 3 * threads, predictChunk)) yield* outcomes;
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
