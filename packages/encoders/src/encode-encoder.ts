import { encodeModel, type GraphBuilder, type OnnxValue } from '@ser/onnx';
import { type EncoderManifest, encoderKey } from './encoder-manifest.ts';

/** LayerNormalization arrived with opset 17, which is read by every onnxruntime since 1.12. */
const opset = 17;
const irVersion = 8;

/** What {@link encodeEncoder} writes. */
export interface EncoderParts {
  graph: GraphBuilder;
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  manifest: Omit<EncoderManifest, 'frontEnd'> & { frontEnd: object };
}

/** Returns the bytes of an encoder file. */
export function encodeEncoder({ graph, inputs, outputs, manifest }: EncoderParts): Uint8Array {
  return encodeModel({
    ...{ irVersion, opsets: { '': opset }, producerName: 'ser', producerVersion: '' },
    graphName: manifest.name,
    ...{ nodes: graph.nodes, initialisers: graph.initialisers, inputs, outputs },
    metadata: { [encoderKey]: JSON.stringify(manifest) },
  });
}
