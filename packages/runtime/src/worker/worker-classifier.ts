import { type FeatureMatrix, SerError, type SpectrogramOptions } from '@ser/dsp-wasm';
import { decodeInBrowser, isAudioBuffer, mixDown } from '../browser-audio.ts';
import { assertList } from '../core/assert-list.ts';
import type { AudioClip } from '../core/audio/audio-clip.ts';
import { createDisposedError } from '../core/cancellation.ts';
import type {
  AdaptOptions,
  BatchOptions,
  ClipOptions,
  PredictOptions,
} from '../core/classifier.ts';
import type { Device } from '../core/inference.ts';
import type { StreamOptions } from '../core/live/emotion-stream.ts';
import type { Manifest } from '../core/manifest.ts';
import type { BatchOutcome, Prediction } from '../core/prediction.ts';
import type { Segment } from '../core/segments/segment.ts';
import type { SpeakerProfile } from '../core/speaker/speaker-profile.ts';
import type { TimelineOptions, TimelineWindow } from '../core/timeline.ts';
import type { Audio, Classifier } from '../web-classifier.ts';
import { Calls, Moved } from './calls.ts';
import type { CallsToWorker, Handlers, PageMethods, SentAudio, WorkerMethods } from './methods.ts';
import { WorkerStream } from './worker-stream.ts';

/** What a classifier in a worker is opened with. */
export interface WorkerSettings {
  worker: Worker;
  onProgress: ((progress: PageMethods['tellProgress'][0]) => void) | undefined;
  signal: AbortSignal | undefined;
}

type Shared = Omit<Classifier, 'stream'>;

/**
 * A model that runs in a worker: the methods of `Classifier`, and the page stays responsive. Made by
 * `createWorkerClassifier`.
 */
export class WorkerClassifier implements Shared {
  /** What the model file says of itself: labels, settings, training data, measured scores. */
  readonly manifest: Manifest;
  /** Names of the columns of `features`. */
  readonly featureNames: readonly string[];
  /** What the model computes on and, where that is not what was wanted, why. */
  readonly device: Device;
  readonly #calls: CallsToWorker;
  readonly #worker: Worker;
  #disposal: Promise<void> | undefined;

  /** Loads the model in the worker, which is ended where that fails. */
  static async open(
    argument: WorkerMethods['open'][0],
    { worker, onProgress, signal }: WorkerSettings,
  ): Promise<WorkerClassifier> {
    const handlers: Handlers<PageMethods> = {
      tellProgress: (progress) => onProgress?.(progress),
      async decodeForeign({ bytes, maxDurationSec, sampleRateHz }, signal) {
        const clip = await decodeInBrowser(bytes, { maxDurationSec, sampleRateHz, signal });
        return new Moved(clip, [clip.samples.buffer]);
      },
    };
    const calls: CallsToWorker = new Calls(worker, handlers);
    worker.addEventListener('error', (event) => {
      const detail = event.message ? `: ${event.message}` : '';
      calls.close(
        new SerError(
          'RUNTIME_UNAVAILABLE',
          `The worker could not be started, or has failed${detail}.`,
        ),
      );
    });
    try {
      const model = await calls.call('open', argument, { signal });
      return new WorkerClassifier(model, calls, worker);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  private constructor(
    { manifest, featureNames, device }: WorkerMethods['open'][1],
    calls: CallsToWorker,
    worker: Worker,
  ) {
    this.manifest = manifest;
    this.featureNames = featureNames;
    this.device = device;
    this.#calls = calls;
    this.#worker = worker;
  }

  /** The labels that the model tells apart, in the order of its output. */
  get labels(): readonly string[] {
    return this.manifest.labels;
  }

  /** See `Classifier.predict`. */
  async predict(audio: Audio, { signal, ...options }: ClipOptions = {}): Promise<Prediction> {
    return this.#calls.call('predict', { audio: toSent(audio), options }, { signal });
  }

  /** See `Classifier.predictBatch`. */
  async predictBatch(
    audios: readonly Audio[],
    { signal, ...options }: BatchOptions = {},
  ): Promise<BatchOutcome[]> {
    assertList('audios', audios);
    const argument = { audios: audios.map(toSent), options };
    const outcomes = await this.#calls.call('predictBatch', argument, { signal });
    return outcomes.map((outcome) =>
      outcome.ok ? outcome : { ok: false, error: new SerError(outcome.code, outcome.message) },
    );
  }

  /** See `Classifier.adapt`. */
  async adapt(
    audios: readonly Audio[],
    { signal, ...options }: AdaptOptions = {},
  ): Promise<SpeakerProfile> {
    return this.#calls.call('adapt', { audios: audios.map(toSent), options }, { signal });
  }

  /** See `Classifier.predictFeatures`. */
  async predictFeatures(matrices: readonly FeatureMatrix[]): Promise<Float32Array[]> {
    return this.#calls.call('predictFeatures', matrices);
  }

  /** See `Classifier.embedFeatures`. */
  async embedFeatures(matrices: readonly FeatureMatrix[]): Promise<Float32Array[]> {
    return this.#calls.call('embedFeatures', matrices);
  }

  /** See `Classifier.predictEmbeddings`. */
  async predictEmbeddings(
    embeddings: readonly Float32Array[],
    speaker: SpeakerProfile | null = null,
  ): Promise<Float32Array[]> {
    return this.#calls.call('predictEmbeddings', { embeddings, speaker });
  }

  /** See `Classifier.decode`. */
  async decode(audio: Audio, { signal, ...limits }: PredictOptions = {}): Promise<AudioClip> {
    return this.#calls.call('decode', { audio: toSent(audio), ...limits }, { signal });
  }

  /** See `Classifier.features`. */
  async features(audio: Audio, { signal, ...limits }: PredictOptions = {}): Promise<FeatureMatrix> {
    return this.#calls.call('features', { audio: toSent(audio), ...limits }, { signal });
  }

  /** See `Classifier.embedding`. */
  async embedding(audio: Audio, { signal, ...limits }: PredictOptions = {}): Promise<Float32Array> {
    return this.#calls.call('embedding', { audio: toSent(audio), ...limits }, { signal });
  }

  /** See `Classifier.spectrogram`. */
  async spectrogram(
    audio: Audio,
    { signal, maxDurationSec, ...settings }: PredictOptions & SpectrogramOptions = {},
  ): Promise<FeatureMatrix> {
    const argument = { audio: toSent(audio), settings, maxDurationSec };
    return this.#calls.call('spectrogram', argument, { signal });
  }

  /** See `Classifier.timeline`. */
  timeline(audio: Audio, options: TimelineOptions = {}): AsyncGenerator<TimelineWindow> {
    return this.#iterate('timeline', audio, options);
  }

  /** See `Classifier.segments`. */
  segments(audio: Audio, options: TimelineOptions = {}): AsyncGenerator<Segment> {
    return this.#iterate('segments', audio, options);
  }

  /** See `Classifier.stream`; `close` the stream when it is no longer pushed to. */
  async stream(options: StreamOptions): Promise<WorkerStream> {
    return new WorkerStream(this.#calls, await this.#calls.call('openStream', options));
  }

  /** Ends the worker once its predictions are done. Calling it again does nothing more. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#end();
    return this.#disposal;
  }

  async #end(): Promise<void> {
    await this.#calls.call('dispose', undefined).catch(() => undefined);
    this.#calls.close(createDisposedError());
    this.#worker.terminate();
  }

  async *#iterate<Item extends TimelineWindow | Segment>(
    kind: 'timeline' | 'segments',
    audio: Audio,
    { signal, ...options }: TimelineOptions,
  ): AsyncGenerator<Item> {
    const argument = { kind, audio: toSent(audio), options };
    const id = await this.#calls.call('iterate', argument, { signal });
    try {
      for (;;) {
        const step = await this.#calls.call('next', id, { signal });
        if (step.done) return;
        yield step.value as Item;
      }
    } finally {
      await this.#calls.call('endIteration', id).catch(() => undefined);
    }
  }
}

function toSent(audio: Audio): SentAudio {
  if (isAudioBuffer(audio)) return mixDown(audio, Infinity);
  if (typeof audio === 'string' || audio instanceof URL) return toAbsolute(audio);
  return audio;
}

/** An address as the page means it; a worker's own address is another. */
export function toAbsolute(url: string | URL): string {
  return new URL(url, document.baseURI).href;
}
