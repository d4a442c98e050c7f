import { decodeModel, encodeModel, GraphBuilder, type OnnxValue, pruneModel } from '@ser/onnx';
import { assertLayers, readEncoderFile } from './encoder-manifest.ts';

/** Names of what an encoder gives: frames [batch] that count, and each of its hidden states. */
export const encoderFrames = 'encoder/frames';
export const nameState = (layer: number): string => `encoder/state_${layer}`;

/** What stands behind an encoder. */
export interface GraphEnd {
  /** Hidden states that it takes. */
  layers: readonly number[];
  /** Adds its nodes; returns the outputs of the whole graph. */
  add: (graph: GraphBuilder, inputs: { states: string[]; frames: string }) => OnnxValue[];
  metadata: Readonly<Record<string, string>>;
}

/**
 * Puts something behind an encoder, as one graph. What the encoder computes for other layers than
 * those taken is left out; its own nodes and constants keep their names, `encoder/…`.
 *
 * @param encoder bytes of an encoder file
 * @throws SerError `ENCODER_INVALID` for another file, or a layer that it does not give.
 */
export function composeModel(encoder: Uint8Array, { layers, add, metadata }: GraphEnd): Uint8Array {
  assertLayers(readEncoderFile(encoder), layers);
  const model = decodeModel(encoder);
  const graph = new GraphBuilder();
  const outputs = add(graph, { states: layers.map(nameState), frames: encoderFrames });
  return encodeModel(
    pruneModel({
      ...model,
      nodes: [...model.nodes, ...graph.nodes],
      initialisers: [...model.initialisers, ...graph.initialisers],
      outputs,
      metadata,
    }),
  );
}
