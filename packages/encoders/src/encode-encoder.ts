import { encodeModel, type GraphBuilder, type OnnxValue } from '@ser/onnx';
import { type EncoderManifest, encoderKey, parseEncoderManifest } from './encoder-manifest.ts';

/** LayerNormalization arrived with opset 17, which is read by every onnxruntime since 1.12. */
const opset = 17;
const irVersion = 8;

/** What {@link encodeEncoder} writes. */
export interface EncoderParts {
  graph: GraphBuilder;
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  /** What {@link parseEncoderManifest} checks and completes. */
  manifest: Omit<EncoderManifest, 'frontEnd'> & { frontEnd: object };
}

/**
 * Returns the bytes of an encoder file.
 *
 * @throws SerError `ENCODER_INVALID` naming the field of the manifest that is wrong.
 */
export function encodeEncoder({ graph, inputs, outputs, ...parts }: EncoderParts): Uint8Array {
  const manifest = parseEncoderManifest(parts.manifest);
  return encodeModel({
    ...{ irVersion, opsets: { '': opset }, producerName: 'ser', producerVersion: '' },
    graphName: manifest.name,
    ...{ nodes: graph.nodes, initialisers: graph.initialisers, inputs, outputs },
    metadata: { [encoderKey]: JSON.stringify(manifest) },
  });
}
