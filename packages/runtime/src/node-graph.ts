import type { FeatureMatrix } from '@ser/dsp-wasm';
import { padBatch } from './core/feature-batch.ts';
import type { FrontEndConfig } from './core/manifest.ts';
import { loadOnnxRuntime } from './node-onnx-runtime.ts';
import { openOnnxSession } from './onnx-session.ts';

/** A graph that gives an `embedding`, without the rest of a model. */
export interface EmbeddingGraph {
  /**
   * Returns the values of the output `embedding` for one matrix, or for several in one batch, one
   * after the other.
   */
  run(...matrices: FeatureMatrix[]): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Opens a graph of an encoder, as training runs it: with one thread.
 *
 * @param input what the graph takes, of the kind of its front end.
 * @throws SerError `MODEL_INVALID` where the graph cannot be loaded, `RUNTIME_UNAVAILABLE`.
 */
export async function openEmbeddingGraph(
  bytes: Uint8Array,
  input: FrontEndConfig['kind'],
): Promise<EmbeddingGraph> {
  const { runtime, settingsFor } = await loadOnnxRuntime(() => {});
  const session = await openOnnxSession(runtime, bytes, settingsFor(1));
  return {
    run: (...matrices) => session.run(padBatch(matrices, input), 'embedding'),
    release: () => session.release(),
  };
}
