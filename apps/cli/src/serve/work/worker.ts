/** The program of a worker process: decodes and predicts what its parent sends. */
import { SerError } from '@ser/dsp-wasm';
import { type Classifier, createClassifier, type EmotionStream, type Segment } from '@ser/runtime';
import {
  type FromWorker,
  type OpenMessage,
  openId,
  type ToWorker,
  type Work,
  type WorkName,
} from './messages.ts';

// Ctrl-C in a terminal reaches every process; the parent decides when this one ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit());

const streams = new Map<number, EmotionStream>();
const cancellations = new Map<number, AbortController>();

process.once('message', async ({ model }: OpenMessage) => {
  try {
    const classifier = await createClassifier(model);
    await warmUp(classifier);
    process.on('message', (message: ToWorker) => void serve(classifier, message));
    send({ kind: 'done', id: openId, result: null });
  } catch (error) {
    sendFailure(openId, error);
  }
});

/** Loads what is loaded at first use, so that the first request is as fast as the next. */
async function warmUp(classifier: Classifier): Promise<void> {
  const sampleRateHz = 16_000;
  const samples = Float32Array.from({ length: sampleRateHz }, (_, at) => 0.1 * Math.sin(at / 9));
  await classifier.predict({ samples, sampleRateHz });
}

async function serve(classifier: Classifier, message: ToWorker): Promise<void> {
  const { id } = message;
  if (message.name === 'cancel') {
    cancellations.get(id)?.abort();
    return;
  }
  const cancellation = new AbortController();
  cancellations.set(id, cancellation);
  try {
    const run = works[message.name] as WorkFunction<WorkName>;
    const result = await run(classifier, message.task, cancellation.signal);
    send({ kind: 'done', id, result });
  } catch (error) {
    sendFailure(id, error);
  } finally {
    cancellations.delete(id);
  }
}

type WorkFunction<Name extends WorkName> = (
  classifier: Classifier,
  task: Work[Name]['task'],
  signal: AbortSignal,
) => Promise<Work[Name]['result']>;

const works: { [Name in WorkName]: WorkFunction<Name> } = {
  predict: (classifier, { audio, maxDurationSec }, signal) =>
    classifier.predict(audio, { maxDurationSec, signal }),
  timeline: async (classifier, { audio, ...options }, signal) => {
    const segments: Segment[] = [];
    for await (const segment of classifier.segments(audio, { ...options, signal })) {
      segments.push(segment);
    }
    return segments;
  },
  openStream: async (classifier, { stream, ...options }) => {
    const opened = await classifier.stream(options);
    streams.set(stream, opened);
    return { latencySec: opened.latencySec };
  },
  pushStream: (_, { stream, samples }) => streams.get(stream)!.push(samples),
  closeStream: async (_, { stream }) => {
    streams.delete(stream);
    return null;
  },
};

function sendFailure(id: number, error: unknown): void {
  const isForeseen = error instanceof SerError;
  const message = isForeseen ? error.message : String((error as Error)?.stack ?? error);
  send({ kind: 'failed', id, code: isForeseen ? error.code : null, message });
}

function send(message: FromWorker): void {
  process.send?.(message);
}
