import { SerError } from '@ser/dsp-wasm';
import type { OnnxRuntime, SessionSettings } from './onnx-session.ts';

/** The inference library of this machine, and how sessions are opened with it. */
export interface NodeOnnxRuntime {
  runtime: OnnxRuntime;
  settingsFor(threads: number): SessionSettings;
  version: string;
  /** Why it is not the native one. */
  fallbackReason: string | undefined;
}

let loading: Promise<NodeOnnxRuntime> | undefined;
let isFallbackTold = false;

/**
 * Loads onnxruntime-node or, where its native library does not run on this machine (musl, a processor
 * it is not built for), onnxruntime-web's WebAssembly, which gives the same answers, slower and with
 * one thread.
 *
 * @param onFallback told why it is the second; without it, Node emits one warning.
 * @throws SerError `RUNTIME_UNAVAILABLE` where neither can be loaded.
 */
export async function loadOnnxRuntime(
  onFallback?: (reason: string) => void,
): Promise<NodeOnnxRuntime> {
  loading ??= importNative().catch(importWeb);
  const loaded = await loading;
  if (loaded.fallbackReason !== undefined) tellFallback(loaded.fallbackReason, onFallback);
  return loaded;
}

async function importNative(): Promise<NodeOnnxRuntime> {
  // Without it the library tells its maker of its use, and leaves files in the temporary folder.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const runtime = await import('onnxruntime-node');
  runtime.env.logLevel = 'error';
  return {
    runtime,
    settingsFor: (threads) => ({ executionProvider: 'cpu', threads, runsConcurrently: true }),
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    fallbackReason: undefined,
  };
}

async function importWeb(nativeCause: unknown): Promise<NodeOnnxRuntime> {
  const [reason] = String(nativeCause).split('\n');
  const place = `onnxruntime-node cannot be loaded on ${process.platform} ${process.arch}: ${reason}`;
  try {
    const runtime = await import('onnxruntime-web');
    runtime.env.logLevel = 'error';
    runtime.env.wasm.numThreads = 1;
    return {
      runtime,
      settingsFor: () => ({
        executionProvider: 'wasm',
        threads: 1,
        runsConcurrently: false,
        fallbackReason: place,
      }),
      version: `${runtime.env.versions.web ?? runtime.env.versions.common} (WebAssembly)`,
      fallbackReason: place,
    };
  } catch (cause) {
    throw new SerError('RUNTIME_UNAVAILABLE', `${place}, nor can onnxruntime-web: ${cause}`, {
      cause: nativeCause,
    });
  }
}

function tellFallback(reason: string, onFallback: ((reason: string) => void) | undefined): void {
  if (onFallback) {
    onFallback(reason);
  } else if (!isFallbackTold) {
    isFallbackTold = true;
    process.emitWarning(`Predicting with WebAssembly, which is slower: ${reason}`, {
      type: 'SerWarning',
      code: 'SER_WEB_RUNTIME',
    });
  }
}
