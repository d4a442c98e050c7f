import {
  canDecodeInBrowser,
  type DecodeBytes,
  decodeInBrowser,
  isAudioBuffer,
  mixDown,
  openWithFallback,
} from './browser-audio.ts';
import { streamClip } from './core/audio/audio-stream.ts';
import { openBytes } from './core/audio/byte-source.ts';
import {
  type InMemoryAudio,
  locateInMemoryAudio,
  type OpenAudio,
} from './core/audio/in-memory-audio.ts';
import { Classifier as CoreClassifier } from './core/classifier.ts';
import { SerError, type SpeechModel } from './core/index.ts';
import type { OpenSession } from './core/inference.ts';
import { nameSource } from './core/name-source.ts';
import type { AudioSource } from './core/platform.ts';
import { type DownloadProgress, fetchBytes } from './fetch-bytes.ts';
import { assertThreads, openOnnxSession, type SessionSettings } from './onnx-session.ts';
import { openSileroSession } from './silero-session.ts';

/** Audio for {@link createClassifier}'s classifier: a URL, or audio that is at hand. */
export type Audio = string | URL | InMemoryAudio | AudioBuffer;

/** A model that runs in the browser, through onnxruntime-web's WebAssembly. */
export type Classifier = CoreClassifier<Audio>;

export interface ClassifierOptions {
  /**
   * Where the app serves `onnxruntime-web/ort-wasm-simd-threaded.wasm`. Default: where the bundler
   * puts it. Only the first classifier of a page decides.
   */
  wasmUrl?: string | URL;
  /**
   * Where the app serves `@ricky0123/vad-web/dist/silero_vad_v6.onnx`, the speech detector that
   * `segments` and `stream` need. It is fetched when one of them is first used.
   */
  speechModelUrl?: string | URL;
  /**
   * Threads that one prediction may use; more than 1 needs a cross-origin-isolated page, and
   * a bundler other than webpack, or none. Default 1.
   */
  threads?: number;
  /** Told how far the model's download has come; never for a model that is at hand. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download. */
  signal?: AbortSignal;
}

const acceptedAudio =
  'a URL, the bytes of an audio file, a Blob or File, an AudioBuffer, or { samples: Float32Array, sampleRateHz }';

/** What a model is loaded from: a URL, its bytes, or a `Blob` or `File`. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/**
 * Loads a model, see `createClassifier`.
 *
 * @param decodeForeign decodes what only the browser knows. Default: the page's own decoder, where
 *   this is a page.
 */
export async function openClassifier(
  source: ModelSource,
  options: ClassifierOptions,
  decodeForeign: DecodeBytes | undefined = canDecodeInBrowser() ? decodeInBrowser : undefined,
): Promise<Classifier> {
  const { wasmUrl, speechModelUrl, threads = 1 } = options;
  assertThreads(threads);
  assertThreadsCanStart(threads);
  const name = typeof source === 'string' || source instanceof URL ? String(source) : undefined;
  try {
    const model = await loadModel(source, options);
    return await CoreClassifier.open(model, {
      openSession: sessionOpener(threads, wasmUrl),
      openSpeechModel: () => openSpeechModel(speechModelUrl),
      locateAudio: audioLocator(openWithFallback(decodeForeign)),
    });
  } catch (error) {
    throw nameSource(error, name);
  }
}

/**
 * onnxruntime-web starts its threads from the address of its own module, in whose place webpack puts
 * a path of the machine that built the app; the first prediction would then wait for ever.
 */
function assertThreadsCanStart(threads: number): void {
  const isBuiltAway = import.meta.url.startsWith('file:') && location.protocol !== 'file:';
  if (threads === 1 || !isBuiltAway) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `threads is ${threads}; in an app that webpack has bundled it must be 1.`,
  );
}

async function importOnnxRuntime() {
  try {
    return await import('onnxruntime-web/wasm');
  } catch (cause) {
    throw new SerError('RUNTIME_UNAVAILABLE', 'onnxruntime-web cannot be loaded.', { cause });
  }
}

function settingsFor(threads: number): SessionSettings {
  return { executionProvider: 'wasm', threads, runsConcurrently: false };
}

function sessionOpener(threads: number, wasmUrl: string | URL | undefined): OpenSession {
  return async (model) => {
    const runtime = await importOnnxRuntime();
    runtime.env.logLevel = 'error';
    runtime.env.wasm.numThreads = threads;
    if (wasmUrl !== undefined) runtime.env.wasm.wasmPaths = { wasm: String(wasmUrl) };
    return openOnnxSession(runtime, model, settingsFor(threads));
  };
}

async function openSpeechModel(url: string | URL | undefined): Promise<SpeechModel> {
  if (url === undefined) {
    throw new SerError(
      'INVALID_ARGUMENT',
      'speechModelUrl is not given to createClassifier; finding speech needs it: the address of @ricky0123/vad-web/dist/silero_vad_v6.onnx.',
    );
  }
  try {
    const model = await fetchBytes(url);
    return await openSileroSession(await importOnnxRuntime(), model, settingsFor(1));
  } catch (error) {
    throw nameSource(error, String(url));
  }
}

async function loadModel(source: ModelSource, options: ClassifierOptions): Promise<Uint8Array> {
  const { onProgress, signal } = options;
  if (typeof source === 'string' || source instanceof URL) {
    return fetchBytes(source, { onProgress, signal });
  }
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Uint8Array) return source;
  throw new SerError(
    'INVALID_ARGUMENT',
    `source is ${String(source)}; it must be a URL, a Blob or the bytes of a model file.`,
  );
}

function audioLocator(openAudio: OpenAudio): (audio: Audio) => AudioSource {
  return (audio) => {
    if (typeof audio === 'string' || audio instanceof URL) {
      return {
        name: String(audio),
        open: async (options) => {
          const bytes = await fetchBytes(audio, { signal: options.signal });
          return openAudio(openBytes(bytes), options);
        },
      };
    }
    if (isAudioBuffer(audio)) {
      return {
        name: undefined,
        open: async ({ maxDurationSec }) => streamClip(mixDown(audio, Infinity), maxDurationSec),
      };
    }
    return locateInMemoryAudio(audio, acceptedAudio, openAudio);
  };
}
