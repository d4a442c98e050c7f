import {
  canDecodeInBrowser,
  type DecodeBytes,
  decodeInBrowser,
  isAudioBuffer,
  mixDown,
  openWithFallback,
} from './browser-audio.ts';
import { streamClip } from './core/audio/audio-stream.ts';
import { openBytes } from './core/audio/bytes/byte-source.ts';
import {
  type InMemoryAudio,
  locateInMemoryAudio,
  type OpenAudio,
} from './core/audio/in-memory-audio.ts';
import { Classifier as CoreClassifier } from './core/classifier.ts';
import { SerError, type SpeechModel } from './core/index.ts';
import { nameSource, shorten } from './core/name-source.ts';
import type { AudioSource } from './core/platform.ts';
import { type DownloadProgress, fetchBytes } from './fetch-bytes.ts';
import { assertThreads } from './onnx-session.ts';
import { openSileroSession } from './silero-session.ts';
import {
  assertDevice,
  type DeviceOptions,
  loadWasmRuntime,
  openOnDevice,
  wasmSettings,
} from './web-onnx-runtime.ts';

/** Audio for {@link createClassifier}'s classifier: a URL, or audio that is at hand. */
export type Audio = string | URL | InMemoryAudio | AudioBuffer;

/** A model that runs in the browser, through onnxruntime-web. */
export type Classifier = CoreClassifier<Audio>;

export interface ClassifierOptions extends DeviceOptions {
  /**
   * Where the app serves `@ser/runtime/speech.onnx`, the speech detector (0.6 MB), or Silero's own
   * file, `@ricky0123/vad-web/dist/silero_vad_v6.onnx`. It is fetched when it is first used. Without it `segments` and `stream` fail, and `predict`,
   * `predictBatch` and `timeline` judge whatever sounds, speech or not.
   */
  speechModelUrl?: string | URL;
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
  const { threads = 1 } = options;
  assertThreads(threads);
  assertThreadsCanStart(threads);
  assertDevice(options.device);
  const name = typeof source === 'string' || source instanceof URL ? String(source) : undefined;
  try {
    const model = await loadModel(source, options);
    return await CoreClassifier.open(model, {
      openSession: openOnDevice(options),
      openSpeechModel: () => openSpeechModel(options),
      hasSpeechModel: options.speechModelUrl !== undefined,
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

async function openSpeechModel(options: ClassifierOptions): Promise<SpeechModel> {
  const { speechModelUrl: url } = options;
  if (url === undefined) {
    throw new SerError(
      'INVALID_ARGUMENT',
      'speechModelUrl is not given to createClassifier; finding speech needs it: the address of @ser/runtime/speech.onnx.',
    );
  }
  try {
    const model = await fetchBytes(url);
    return await openSileroSession(await loadWasmRuntime(options), model, wasmSettings(1));
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
    `source is ${shorten(String(source))}; it must be a URL, a Blob or the bytes of a model file.`,
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
