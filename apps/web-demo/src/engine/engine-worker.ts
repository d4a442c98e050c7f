import modelUrl from 'ser:model.onnx?url';
import smallModelUrl from 'ser:small.onnx?url';
import { loadDsp } from '@ser/dsp-wasm';
import speechModelUrl from '@ser/runtime/speech.onnx?url';
import {
  type AudioClip,
  type Classifier,
  createClassifier,
  type DownloadProgress,
  SerError,
} from '@ser/runtime/web';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { readClip } from './clip-reader.ts';
import { drawFeatures, selectPictureSettings } from './draw-features.ts';
import { encodeWav } from './encode-wav.ts';
import { listen } from './listen.ts';
import { measurePeaks } from './measure-peaks.ts';
import type {
  CallName,
  EngineAnswer,
  EngineCalls,
  EngineRequest,
  Failure,
  ModelName,
  Verdict,
} from './protocol.ts';
import { trackClip } from './track-clip.ts';

const longestSec = 1800;
const peakColumns = 1200;
const mostThreads = 4;

const base = self.location.href;
const dsp = loadDsp();
const clips = new Map<number, AudioClip>();
let hasSpeechModel = false;
const running = new Map<number, AbortController>();
const modelUrls = { small: smallModelUrl, default: modelUrl };
const models = new Map<ModelName, Promise<Classifier>>();

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
  async loadModel({ model, file }, { report }) {
    const opened = open(
      file ?? new URL(modelUrls[model === 'small' ? model : 'default'], base),
      report,
    );
    const previous = models.get(model);
    if (file) await opened;
    models.set(model, opened);
    const { manifest } = await opened;
    await previous?.then(
      (old) => old.dispose(),
      () => undefined,
    );
    return manifest;
  },

  async openClip({ clipId, source, model }, { signal, transfer }) {
    const clip = await readClip(source, { maxDurationSec: longestSec, signal });
    const verdict = await judge(clip, model, source instanceof File ? source.name : undefined);
    clips.set(clipId, clip);
    const peaks = measurePeaks(clip.samples, peakColumns);
    transfer.push(peaks.buffer);
    const { sampleRateHz } = clip;
    return { ...verdict, peaks, playable: encodeWav(clip), sampleRateHz };
  },

  judgeClip: async ({ clipId, model }) => judge(findClip(clipId), model),

  trackClip: async ({ clipId, model }, { signal, report }) =>
    trackClip(await findModel(model), findClip(clipId), {
      ...{ signal, report },
      speechCheck: await canFindSpeech(),
    }),

  async drawFeatures({ clipId, kind, model }) {
    const { manifest } = await findModel(model);
    const settings = selectPictureSettings(manifest.frontEnd);
    return drawFeatures(await dsp, findClip(clipId), kind, settings);
  },

  async closeClip({ clipId }) {
    clips.delete(clipId);
    return null;
  },

  async listen({ port, sampleRateHz, model }, { signal, report, transfer }) {
    const clip = await listen(await findModel(model), port, sampleRateHz, { signal, report });
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

function open(
  source: Blob | URL,
  onProgress: (progress: DownloadProgress) => void,
): Promise<Classifier> {
  return createClassifier(source, {
    wasmUrl: new URL(wasmUrl, base),
    speechModelUrl: new URL(speechModelUrl, base),
    // More than one needs a page that is isolated from other origins by its server's headers.
    threads: self.crossOriginIsolated ? Math.min(mostThreads, navigator.hardwareConcurrency) : 1,
    onProgress,
  });
}

async function judge(clip: AudioClip, model: ModelName, name?: string): Promise<Verdict> {
  try {
    const classifier = await findModel(model);
    const speechCheck = await canFindSpeech();
    const prediction = await classifier.predict(clip, { maxDurationSec: longestSec, speechCheck });
    return { prediction, model, manifest: classifier.manifest };
  } catch (error) {
    if (!(error instanceof SerError) || name === undefined) throw error;
    throw new SerError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

/** Whether the speech detector can be had; a visit without a network may lack it. */
async function canFindSpeech(): Promise<boolean> {
  hasSpeechModel ||= await fetch(new URL(speechModelUrl, base)).then(
    ({ ok }) => ok,
    () => false,
  );
  return hasSpeechModel;
}

function findModel(name: ModelName): Promise<Classifier> {
  const model = models.get(name);
  if (!model) throw new Error(`Nobody has asked for the model '${name}'.`);
  return model;
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
