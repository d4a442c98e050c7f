import type { AudioClip } from './core/audio/audio-clip.ts';
import { readClip } from './core/audio/audio-stream.ts';
import { type ByteSource, openBytes } from './core/audio/bytes/byte-source.ts';
import { type DecodeOptions, openAudio } from './core/audio/decode-audio.ts';
import { type InMemoryAudio, locateInMemoryAudio } from './core/audio/in-memory-audio.ts';
import { Classifier as CoreClassifier } from './core/classifier.ts';
import { SerError } from './core/index.ts';
import type { OpenSession } from './core/inference.ts';
import { nameSource, shorten } from './core/name-source.ts';
import type { AudioSource } from './core/platform.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { openRegularFile, readRegularFile, toFilePath } from './node-files.ts';
import { loadOnnxRuntime } from './node-onnx-runtime.ts';
import { openSpeechModel } from './node-speech-model.ts';
import { assertThreads, openOnnxSession } from './onnx-session.ts';

export * from './core/index.ts';
export { type EmbeddingGraph, openEmbeddingGraph } from './node-graph.ts';

/** Audio for {@link createClassifier}'s classifier: a path, a URL, or audio that is at hand. */
export type Audio = string | URL | InMemoryAudio;

/** A model that runs in Node, through onnxruntime-node. */
export type Classifier = CoreClassifier<Audio>;

export interface ClassifierOptions {
  /** Threads that one prediction may use. Default 1: calls that overlap then share the cores best. */
  threads?: number;
  /**
   * Told that this machine cannot load onnxruntime-node, and why; predictions then come from
   * onnxruntime-web's WebAssembly. Default: one warning `SER_WEB_RUNTIME` of Node's process.
   */
  onFallback?: (reason: string) => void;
}

const acceptedAudio =
  'a path, a URL, the bytes of an audio file, a Blob, or { samples: Float32Array, sampleRateHz }';

/**
 * Loads a model.
 *
 * @param source path or URL of a `model.onnx`, or its bytes.
 * @throws SerError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `MODEL_INVALID` (the file is not a model of
 *   this project; the message says what is missing) or `RUNTIME_UNAVAILABLE` (neither onnxruntime-node
 *   nor its WebAssembly can be loaded).
 *
 * @example
 * const classifier = await createClassifier('model.onnx');
 * const { label, confidence } = await classifier.predict('voice.wav');
 * await classifier.dispose();
 */
export async function createClassifier(
  source: string | URL | Uint8Array | ArrayBuffer,
  { threads = 1, onFallback }: ClassifierOptions = {},
): Promise<Classifier> {
  assertThreads(threads);
  const name = typeof source === 'string' || source instanceof URL ? String(source) : undefined;
  try {
    const model = await loadModel(source);
    return await CoreClassifier.open(model, {
      openSession: sessionOpener(threads, onFallback),
      openSpeechModel,
      hasSpeechModel: true,
      locateAudio,
    });
  } catch (error) {
    throw nameSource(error, name);
  }
}

/**
 * Decodes an audio file, see `decodeAudio`.
 *
 * @throws SerError naming the file: `FILE_NOT_FOUND`, `FILE_UNREADABLE` or any code of `decodeAudio`.
 *
 * @example
 * const { samples, sampleRateHz } = await loadClip('voice.flac');
 */
export async function loadClip(path: string | URL, options?: DecodeOptions): Promise<AudioClip> {
  try {
    return await readClip(await openAudio(await openLocation(path, options?.signal), options));
  } catch (error) {
    throw nameSource(error, String(path));
  }
}

/**
 * Version of the onnxruntime library that predicts here, as `1.2.3`, or `1.2.3 (WebAssembly)` where
 * the native one cannot be loaded.
 *
 * @throws SerError `RUNTIME_UNAVAILABLE` where neither can be.
 */
export async function onnxRuntimeVersion(): Promise<string> {
  return (await loadOnnxRuntime(() => {})).version;
}

function sessionOpener(threads: number, onFallback: ClassifierOptions['onFallback']): OpenSession {
  return async (model) => {
    const { runtime, settingsFor } = await loadOnnxRuntime(onFallback);
    return openOnnxSession(runtime, model, settingsFor(threads));
  };
}

async function loadModel(source: string | URL | Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  if (typeof source === 'string' || source instanceof URL) {
    const path = toFilePath(source);
    return path === undefined ? fetchBytes(source) : readRegularFile(path);
  }
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Uint8Array) return source;
  throw new SerError(
    'INVALID_ARGUMENT',
    `source is ${shorten(String(source))}; it must be a path, a URL or the bytes of a model file.`,
  );
}

/** A file is read in pieces; what a server sends is held. */
async function openLocation(location: string | URL, signal?: AbortSignal): Promise<ByteSource> {
  const path = toFilePath(location);
  return path === undefined
    ? openBytes(await fetchBytes(location, { signal }))
    : openRegularFile(path);
}

function locateAudio(audio: Audio): AudioSource {
  if (typeof audio !== 'string' && !(audio instanceof URL)) {
    return locateInMemoryAudio(audio, acceptedAudio);
  }
  return {
    name: String(audio),
    open: async (options) => openAudio(await openLocation(audio, options.signal), options),
  };
}
