/** The program of a worker process: decodes and predicts what its parent sends. */
import { readSync } from 'node:fs';
import { SerError } from '@ser/dsp-wasm';
import { type Classifier, createClassifier, type EmotionStream, type Segment } from '@ser/runtime';
import {
  audioDescriptor,
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
  // Whatever becomes of the task, its audio must not be taken for the next one's.
  const audio = readAudio(message.audioBytes);
  try {
    const run = works[message.name] as WorkFunction<WorkName>;
    const result = await run(classifier, message.task, { audio, signal: cancellation.signal });
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
  context: { audio: Uint8Array; signal: AbortSignal },
) => Promise<Work[Name]['result']>;

const works: { [Name in WorkName]: WorkFunction<Name> } = {
  predict: (classifier, options, { audio, signal }) =>
    classifier.predict(audio, { ...options, signal }),
  timeline: async (classifier, options, { audio, signal }) => {
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

/** Waits for the bytes without a turn for anything else: there is nothing else to do. */
function readAudio(length: number): Uint8Array {
  const audio = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const count = readSync(audioDescriptor, audio, filled, length - filled, null);
    if (count === 0) process.exit();
    filled += count;
  }
  return audio;
}

function sendFailure(id: number, error: unknown): void {
  const isForeseen = error instanceof SerError;
  const message = isForeseen ? error.message : String((error as Error)?.stack ?? error);
  send({ kind: 'failed', id, code: isForeseen ? error.code : null, message });
}

function send(message: FromWorker): void {
  process.send?.(message);
}
