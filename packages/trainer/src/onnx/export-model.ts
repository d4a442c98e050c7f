import { addProbabilities, composeModel } from '@ser/encoders';
import { encodeModel, GraphBuilder, type OnnxValue } from '@ser/onnx';
import { type Manifest, manifestKey } from '@ser/runtime/core';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { addLayer } from './layer-forms.ts';
import { LayerGraph } from './layer-graph.ts';

/** LayerNormalization arrived with opset 17, which is read by every onnxruntime since 1.12. */
const opset = 17;
const irVersion = 8;

/**
 * Returns the bytes of a self-describing ONNX file. Inputs: `features` float32 [batch, frames,
 * features] and `lengths` int32 [batch]; output: `probabilities` float32 [batch, classes].
 * Normalisation, the calibration temperature and softmax are inside the graph; the manifest is
 * stored as metadata.
 *
 * @param encoder bytes of the encoder file whose frames the model takes, if it does; the file then
 *   has the encoder's inputs, and gives the `embedding` that the last layer sees.
 */
export function exportModel(
  model: LayersModel,
  manifest: Manifest,
  encoder?: Uint8Array,
): Uint8Array {
  const metadata = { [manifestKey]: JSON.stringify(manifest) };
  const probabilities: OnnxValue = {
    ...{ name: 'probabilities', type: 'float32' },
    shape: ['batch', manifest.labels.length],
  };
  if (encoder) {
    return composeModel(encoder, {
      ...{ layers: manifest.encoder!.used, metadata },
      add: (graph, { states, frames }) => {
        const features = graph.addNode('Concat', states, 'states', { axis: 2 });
        const seen = addNetwork(graph, model, { inputs: { features, lengths: frames }, manifest });
        graph.addNode('Concat', seen, 'embedding', { axis: 1 });
        return [probabilities, { name: 'embedding', type: 'float32', shape: ['batch', 'values'] }];
      },
    });
  }
  const graph = new GraphBuilder();
  const inputs = { features: 'features', lengths: 'lengths' };
  addNetwork(graph, model, { inputs, manifest });
  return encodeModel({
    irVersion,
    opsets: { '': opset },
    producerName: manifest.generator.name,
    producerVersion: manifest.generator.version,
    graphName: manifest.name,
    nodes: graph.nodes,
    initialisers: graph.initialisers,
    inputs: [
      { name: 'features', type: 'float32', shape: ['batch', 'frames', model.inputs[0]!.shape[2]!] },
      { name: 'lengths', type: 'int32', shape: ['batch'] },
    ],
    outputs: [probabilities],
    metadata,
  });
}

/** Adds a network up to its probabilities; returns the names of what its layers of logits see. */
function addNetwork(
  graph: GraphBuilder,
  model: LayersModel,
  { inputs, manifest }: { inputs: Record<string, string>; manifest: Manifest },
): string[] {
  // Of each layer, the name of its output.
  const values = new Map<string, string>();
  const seenByLogits: string[] = [];
  let value = '';
  for (const layer of model.layers) {
    const sources = layer.inboundNodes[0]?.inboundLayers ?? [];
    const taken = sources.map(({ name }) => values.get(name)!);
    // The model's inputs are layers too.
    const isInput = sources.length === 0;
    value = isInput
      ? inputs[layer.name]!
      : addLayer(new LayerGraph(graph, layer.name), layer, taken);
    if (/(^|_)logits$/.test(layer.name)) seenByLogits.push(...taken);
    values.set(layer.name, value);
  }
  addProbabilities(graph, value, manifest.calibration);
  return seenByLogits;
}
