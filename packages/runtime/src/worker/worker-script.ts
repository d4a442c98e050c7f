/** The program of the worker that `createWorkerClassifier` talks to. Importing it is all. */
import { SerError } from '@ser/dsp-wasm';
import type { EmotionStream } from '../core/live/emotion-stream.ts';
import type { Segment } from '../core/segments/segment.ts';
import type { TimelineWindow } from '../core/timeline.ts';
import { type Classifier, openClassifier } from '../web-classifier.ts';
import { Calls, Moved, type Port } from './calls.ts';
import type { CallsToPage, Handlers, WorkerMethods } from './methods.ts';

interface Iteration {
  steps: AsyncGenerator<TimelineWindow | Segment>;
  controller: AbortController;
}

let classifier: Classifier;
const iterations = new Map<number, Iteration>();
const streams = new Map<number, EmotionStream>();
let nextId = 0;

const handlers: Handlers<WorkerMethods> = {
  async open({ source, options, tellsProgress }, signal) {
    classifier = await openClassifier(
      source,
      {
        ...options,
        ...(tellsProgress && {
          onProgress: (progress) => void page.call('tellProgress', progress),
        }),
        signal,
      },
      (bytes, { maxDurationSec = Infinity, sampleRateHz, signal }) => {
        const copy = bytes.slice();
        const buffers = [copy.buffer];
        const argument = { bytes: copy, maxDurationSec, sampleRateHz };
        return page.call('decodeForeign', argument, { signal, buffers });
      },
    );
    const { manifest, featureNames, device } = classifier;
    return { manifest, featureNames, device };
  },
  predict: ({ audio, options }, signal) => classifier.predict(audio, { ...options, signal }),
  async predictBatch({ audios, options }, signal) {
    const outcomes = await classifier.predictBatch(audios, { ...options, signal });
    return outcomes.map((outcome) =>
      outcome.ok
        ? outcome
        : { ok: false, code: outcome.error.code, message: outcome.error.message },
    );
  },
  adapt: ({ audios, options }, signal) => classifier.adapt(audios, { ...options, signal }),
  predictFeatures: (matrices) => classifier.predictFeatures(matrices),
  embedFeatures: (matrices) => classifier.embedFeatures(matrices),
  predictEmbeddings: ({ embeddings, speaker }) => classifier.predictEmbeddings(embeddings, speaker),
  async decode({ audio, ...limits }, signal) {
    const clip = await classifier.decode(audio, withSignal(limits, signal));
    return new Moved(clip, [clip.samples.buffer]);
  },
  async features({ audio, ...limits }, signal) {
    const matrix = await classifier.features(audio, withSignal(limits, signal));
    return new Moved(matrix, [matrix.data.buffer]);
  },
  async embedding({ audio, ...limits }, signal) {
    const row = await classifier.embedding(audio, withSignal(limits, signal));
    return new Moved(row, [row.buffer]);
  },
  async spectrogram({ audio, settings, ...limits }, signal) {
    const options = { ...settings, ...withSignal(limits, signal) };
    const matrix = await classifier.spectrogram(audio, options);
    return new Moved(matrix, [matrix.data.buffer]);
  },
  iterate({ kind, audio, options }) {
    const controller = new AbortController();
    const steps = classifier[kind](audio, { ...options, signal: controller.signal });
    iterations.set(nextId, { steps, controller });
    return nextId++;
  },
  next(id, signal) {
    const { steps, controller } = iterations.get(id)!;
    signal.addEventListener('abort', () => controller.abort());
    return steps.next();
  },
  async endIteration(id) {
    const iteration = iterations.get(id);
    iterations.delete(id);
    iteration?.controller.abort();
    await iteration?.steps.return(undefined);
  },
  async openStream(options) {
    const stream = await classifier.stream(options);
    streams.set(nextId, stream);
    return { id: nextId++, latencySec: stream.latencySec };
  },
  push({ id, samples }) {
    const stream = streams.get(id);
    if (!stream) throw new SerError('DISPOSED', 'The stream was closed; open another one.');
    return stream.push(samples);
  },
  closeStream(id) {
    streams.delete(id);
  },
  dispose: () => classifier.dispose(),
};

const page: CallsToPage = new Calls(globalThis as unknown as Port, handlers);

function withSignal(limits: { maxDurationSec?: number | undefined }, signal: AbortSignal) {
  const { maxDurationSec } = limits;
  return { signal, ...(maxDurationSec !== undefined && { maxDurationSec }) };
}
