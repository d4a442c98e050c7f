import { type Manifest, manifestKey } from '@ser/runtime/core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-node';
import { AverageMembers } from '../models/average-members.ts';
import { BidirectionalLstm, type LayerWeights } from '../models/bidirectional-lstm.ts';
import { NormaliseClip, varianceFloor } from '../models/normalise-clip.ts';
import { SeededDropout } from '../models/seeded-dropout.ts';
import { SpecAugment } from '../models/spec-augment.ts';
import { Standardise } from '../models/standardise.ts';
import { tf } from '../tensorflow/tf.ts';
import { elementType, encodeModel } from './encode-model.ts';
import { GraphBuilder } from './graph-builder.ts';

/** LSTM with `layout` and float16 arrived with opset 14; 17 is read by every onnxruntime since 1.12. */
const opset = 17;
const irVersion = 8;

/** Layers that do nothing in a prediction. */
const trainingOnly = new Set([SeededDropout.className, SpecAugment.className, 'InputLayer']);

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
  let value = 'features';
  for (const layer of model.layers) {
    const sources = layer.inboundNodes[0]?.inboundLayers ?? [];
    const inputs = sources.map(({ name }) => values.get(name) ?? 'features');
    value = inputs[0] ?? layer.name;
    if (layer instanceof AverageMembers) {
      value = addAverage(graph, layer, inputs);
    } else if (layer instanceof Standardise) {
      value = addStandardise(graph, layer, value);
    } else if (layer instanceof NormaliseClip) {
      value = addNormaliseClip(graph, layer, value);
    } else if (layer instanceof BidirectionalLstm) {
      value = addBidirectionalLstm(graph, layer, value);
    } else if (layer.getClassName() === 'Dense') {
      value = addDense(graph, layer, value);
    } else if (!trainingOnly.has(layer.getClassName())) {
      throw new Error(
        `There is no ONNX form of the layer ${layer.name} (${layer.getClassName()}).`,
      );
    }
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
    opset,
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

function addStandardise(graph: GraphBuilder, layer: Standardise, input: string): string {
  const mean = addWeight(graph, `${layer.name}/mean`, layer.mean!);
  const scale = addWeight(graph, `${layer.name}/inverse_deviation`, layer.inverseDeviation!);
  const centred = graph.addNode('Sub', [input, mean], `${layer.name}/centred`);
  return graph.addNode('Mul', [centred, scale], layer.name);
}

/** The operations of {@link NormaliseClip}, in its order. */
function addNormaliseClip(graph: GraphBuilder, { name }: Layer, input: string): string {
  const add = (operator: string, inputs: string[], part: string, attributes = {}): string =>
    graph.addNode(operator, inputs, `${name}/${part}`, attributes);
  const zero = graph.addIntegers(`${name}/zero`, [], [0]);
  const one = graph.addIntegers(`${name}/one`, [], [1]);
  const axis = graph.addIntegers(`${name}/frame_axis`, [1], [1]);
  const floor = graph.addFloats(`${name}/variance_floor`, [], Float32Array.of(varianceFloor));

  const shape = add('Shape', [input], 'shape');
  const frames = add('Gather', [shape, one], 'frames', { axis: 0 });
  const frame = add('Range', [zero, frames, one], 'frame');
  const frame32 = add('Cast', [frame], 'frame_int32', { to: elementType.int32 });
  const length = add('Unsqueeze', ['lengths', axis], 'length');
  const isInside = add('Less', [frame32, length], 'is_inside');
  const mask2 = add('Cast', [isInside], 'mask_2d', { to: elementType.float32 });
  const last = graph.addIntegers(`${name}/last_axis`, [1], [2]);
  const mask = add('Unsqueeze', [mask2, last], 'mask');
  const count2 = add('Cast', [length], 'count_2d', { to: elementType.float32 });
  const count = add('Unsqueeze', [count2, last], 'count');

  const centre = (value: string, pass: string): string => {
    const sum = add('ReduceSum', [value, axis], `${pass}/sum`, { keepdims: 1 });
    const mean = add('Div', [sum, count], `${pass}/mean`);
    const difference = add('Sub', [value, mean], `${pass}/difference`);
    return add('Mul', [difference, mask], `${pass}/centred`);
  };
  const centred = centre(centre(add('Mul', [input, mask], 'kept'), 'first'), 'second');
  const square = add('Mul', [centred, centred], 'square');
  const squares = add('ReduceSum', [square, axis], 'squares', { keepdims: 1 });
  const variance = add('Div', [squares, count], 'variance');
  const raised = add('Add', [variance, floor], 'raised_variance');
  const deviation = add('Sqrt', [raised], 'deviation');
  return graph.addNode('Div', [centred, deviation], name);
}

/**
 * `sequence_lens` makes ONNX's LSTM stop each sequence at its length, in both directions, which is
 * the mask. Its Y is [frames, directions, batch, units], its Y_h [directions, batch, units].
 */
function addBidirectionalLstm(
  graph: GraphBuilder,
  layer: BidirectionalLstm,
  input: string,
): string {
  const { name, units, returnSequences } = layer.config;
  const directions = [layer.directions!.forward, layer.directions!.backward];
  const inputs = directions[0]!.kernel.shape[0]!;
  const w = graph.addFloats(
    `${name}/W`,
    [2, 4 * units, inputs],
    concatenate(directions.map(({ kernel }) => transposeGates(kernel))),
  );
  const r = graph.addFloats(
    `${name}/R`,
    [2, 4 * units, units],
    concatenate(directions.map(({ recurrentKernel }) => transposeGates(recurrentKernel))),
  );
  const b = graph.addFloats(`${name}/B`, [2, 8 * units], concatenate(directions.map(expandBias)));

  const timeMajor = graph.addNode('Transpose', [input], `${name}/time_major`, { perm: [1, 0, 2] });
  const output = returnSequences ? `${name}/Y` : `${name}/Y_h`;
  graph.addNodeWithOutputs(
    'LSTM',
    [timeMajor, w, r, b, 'lengths'],
    returnSequences ? [output] : ['', output],
    { hidden_size: units, direction: 'bidirectional' },
  );
  const batchFirst = graph.addNode('Transpose', [output], `${name}/batch_first`, {
    perm: returnSequences ? [2, 0, 1, 3] : [1, 0, 2],
  });
  const shape = graph.addIntegers(
    `${name}/shape`,
    [returnSequences ? 3 : 2],
    returnSequences ? [0, 0, -1] : [0, -1],
  );
  return graph.addNode('Reshape', [batchFirst, shape], name);
}

/** The operations of {@link AverageMembers} in a prediction. */
function addAverage(graph: GraphBuilder, { name }: Layer, logits: string[]): string {
  const probabilities = logits.map((value, at) =>
    graph.addNode('Softmax', [value], `${name}/probabilities_${at + 1}`, { axis: -1 }),
  );
  const mean = graph.addNode('Mean', probabilities, `${name}/mean`);
  return graph.addNode('Log', [mean], name);
}

function addDense(graph: GraphBuilder, layer: Layer, input: string): string {
  const [kernel, bias] = layer.weights as [LayerVariable, LayerVariable];
  const output = graph.addNode(
    'Gemm',
    [
      input,
      addWeight(graph, `${layer.name}/kernel`, kernel),
      addWeight(graph, `${layer.name}/bias`, bias),
    ],
    `${layer.name}/sum`,
  );
  const { activation } = layer.getConfig();
  if (activation === 'linear') return output;
  if (activation === 'relu') return graph.addNode('Relu', [output], layer.name);
  throw new Error(`There is no ONNX form of the activation ${activation}.`);
}

type Layer = LayersModel['layers'][number];

function addWeight(graph: GraphBuilder, name: string, weight: LayerVariable): string {
  return graph.addFloats(name, weight.shape as number[], readValues(weight));
}

function readValues(weight: LayerVariable): Float32Array {
  return weight.read().dataSync<'float32'>() as Float32Array;
}

/** A kernel [inputs, 4 * units] with gates i, f, c, o as ONNX's [4 * units, inputs], gates i, o, f, c. */
function transposeGates(kernel: LayerVariable): Float32Array {
  return tf.tidy(() => {
    const gates = tf.split(tf.transpose(kernel.read()), 4, 0);
    return tf.concat(orderGates(gates), 0).dataSync<'float32'>() as Float32Array;
  });
}

/** ONNX's bias is that of the input followed by that of the recurrence, which Keras does not have. */
function expandBias({ bias }: LayerWeights): Float32Array {
  return tf.tidy(() => {
    const gates = orderGates(tf.split(bias.read(), 4));
    return tf.concat([...gates, tf.zerosLike(bias.read())]).dataSync<'float32'>() as Float32Array;
  });
}

function orderGates<T>([input, forget, cell, output]: T[]): T[] {
  return [input!, output!, forget!, cell!];
}

function concatenate(parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
