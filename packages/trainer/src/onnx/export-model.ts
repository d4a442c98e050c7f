import { encodeModel, GraphBuilder } from '@ser/onnx';
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
 */
export function exportModel(model: LayersModel, manifest: Manifest): Uint8Array {
  const graph = new GraphBuilder();
  const width = model.inputs[0]!.shape[2];
  // Of each layer, the name of its output.
  const values = new Map<string, string>();
  let value = '';
  for (const layer of model.layers) {
    const sources = layer.inboundNodes[0]?.inboundLayers ?? [];
    const inputs = sources.map(({ name }) => values.get(name)!);
    // The model's inputs are layers too, of the graph's input names.
    const isInput = sources.length === 0;
    value = isInput ? layer.name : addLayer(new LayerGraph(graph, layer.name), layer, inputs);
    values.set(layer.name, value);
  }
  const { temperature } = manifest.calibration;
  if (temperature !== 1) {
    const inverse = graph.addFloats('inverse_temperature', [], Float32Array.of(1 / temperature));
    value = graph.addNode('Mul', [value, inverse], 'calibrated_logits');
  }
  graph.addNode('Softmax', [value], 'probabilities', { axis: -1 });

  return encodeModel({
    irVersion,
    opsets: { '': opset },
    producerName: manifest.generator.name,
    producerVersion: manifest.generator.version,
    graphName: manifest.name,
    nodes: graph.nodes,
    initialisers: graph.initialisers,
    inputs: [
      { name: 'features', type: 'float32', shape: ['batch', 'frames', width!] },
      { name: 'lengths', type: 'int32', shape: ['batch'] },
    ],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['batch', manifest.labels.length] }],
    metadata: { [manifestKey]: JSON.stringify(manifest) },
  });
}
