import modelUrl from 'ser:model.onnx?url';
import { loadDsp } from '@ser/dsp-wasm';
import {
  type AudioClip,
  type Classifier,
  createClassifier,
  type DownloadProgress,
  SerError,
} from '@ser/runtime/web';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import speechModelUrl from '../../node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx?url';
import { readClip } from './clip-reader.ts';
import { drawFeatures, selectPictureSettings } from './draw-features.ts';
import { encodeWav } from './encode-wav.ts';
import { listen } from './listen.ts';
import { measurePeaks } from './measure-peaks.ts';
import type { CallName, EngineAnswer, EngineCalls, EngineRequest, Failure } from './protocol.ts';
import { trackClip } from './track-clip.ts';

const longestSec = 1800;
const peakColumns = 1200;
const mostThreads = 4;

const base = self.location.href;
const dsp = loadDsp();
const clips = new Map<number, AudioClip>();
const running = new Map<number, AbortController>();
/** Told how far the page's own model has come, once somebody asks. */
let reportDownload: (progress: DownloadProgress) => void = () => undefined;
/** The user's model, or null for the page's own. */
let model: Blob | null = null;
let classifier: Promise<Classifier> = open(model);
classifier.catch(() => undefined);

/** How each call is answered; large buffers of an answer go into `transfer`. */
const handlers: {
  [Name in CallName]: (
    params: EngineCalls[Name]['params'],
    context: {
      signal: AbortSignal;
      report(value: EngineCalls[Name]['progress']): void;
      transfer: Transferable[];
    },
  ) => Promise<EngineCalls[Name]['result']>;
} = {
  async loadModel({ model: wanted }, { report }) {
    reportDownload = report;
    if (wanted === model) return (await classifier).manifest;
    const opened = await open(wanted);
    const previous = classifier;
    model = wanted;
    classifier = Promise.resolve(opened);
    await previous.then(
      (old) => old.dispose(),
      () => undefined,
    );
    return opened.manifest;
  },

  async openClip({ clipId, source }, { signal, transfer }) {
    const clip = await readClip(source, { maxDurationSec: longestSec, signal });
    const prediction = await predict(clip, source instanceof File ? source.name : undefined);
    clips.set(clipId, clip);
    const peaks = measurePeaks(clip.samples, peakColumns);
    transfer.push(peaks.buffer);
    const { sampleRateHz } = clip;
    return { prediction, peaks, playable: encodeWav(clip), sampleRateHz };
  },

  judgeClip: async ({ clipId }) => predict(findClip(clipId)),

  trackClip: async ({ clipId }, { signal, report }) =>
    trackClip(await classifier, findClip(clipId), { signal, report }),

  async drawFeatures({ clipId, kind }) {
    const { manifest } = await classifier;
    const settings = selectPictureSettings(manifest.frontEnd);
    return drawFeatures(await dsp, findClip(clipId), kind, settings);
  },

  async closeClip({ clipId }) {
    clips.delete(clipId);
    return null;
  },

  async listen({ port, sampleRateHz }, { signal, report, transfer }) {
    const clip = await listen(await classifier, port, sampleRateHz, { signal, report });
    transfer.push(clip.samples.buffer);
    return clip;
  },
};

self.addEventListener('message', async ({ data }: MessageEvent<EngineRequest>) => {
  const { id, name } = data;
  if (name === 'cancel') {
    running.get(id)?.abort();
    return;
  }
  const controller = new AbortController();
  running.set(id, controller);
  const transfer: Transferable[] = [];
  try {
    const handler = handlers[name] as (params: unknown, context: unknown) => Promise<unknown>;
    const report = (value: unknown) => post({ id, kind: 'progress', value });
    const result = await handler(data.params, { signal: controller.signal, report, transfer });
    post({ id, kind: 'done', result }, transfer);
  } catch (error) {
    post({ id, kind: 'failed', failure: toFailure(error) });
  } finally {
    running.delete(id);
  }
});

function open(source: Blob | null): Promise<Classifier> {
  return createClassifier(source ?? new URL(modelUrl, base), {
    wasmUrl: new URL(wasmUrl, base),
    speechModelUrl: new URL(speechModelUrl, base),
    // More than one needs a page that is isolated from other origins by its server's headers.
    threads: self.crossOriginIsolated ? Math.min(mostThreads, navigator.hardwareConcurrency) : 1,
    onProgress: (progress) => reportDownload(progress),
  });
}

async function predict(clip: AudioClip, name?: string) {
  try {
    return await (await classifier).predict(clip, { maxDurationSec: longestSec });
  } catch (error) {
    if (!(error instanceof SerError) || name === undefined) throw error;
    throw new SerError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

function findClip(clipId: number): AudioClip {
  const clip = clips.get(clipId);
  if (!clip) throw new SerError('ABORTED', 'The clip has been removed.');
  return clip;
}

function post(answer: EngineAnswer, transfer: Transferable[] = []): void {
  self.postMessage(answer, { transfer });
}

function toFailure(error: unknown): Failure {
  if (error instanceof SerError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: String(error) };
}
