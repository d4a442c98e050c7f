import { SerError } from '@ser/dsp-wasm';
import {
  compactWeights,
  decodeBranch,
  decodeModel,
  encodeModel,
  GraphBuilder,
  type OnnxModel,
  readFloats,
} from '@ser/onnx';
import { speechInput } from './core/speech/speech-model.ts';

const { contextLength, frameLength } = speechInput;
const spectrumLength = 256;
const bins = spectrumLength / 2 + 1;
const units = 128;
const strides = [1, 2, 2, 1];

/** Who made what {@link rewriteSilero} gives, by which it is told from Silero's own file. */
const producerName = 'silero-vad, rewritten';

/**
 * Rewrites Silero's voice-activity detector, version 5 or 6 of its ONNX file, as a graph of what a
 * recording at 16 kHz needs: the spectrum of a frame, four convolutions and an LSTM. It takes any
 * number of frames in one run, for a third of the time, and has half the size. What was rewritten
 * already stays as it is.
 *
 * Inputs: `input` [frames, 576] and `state` [2, 1, 128]; outputs: `output` [frames, 1] and `stateN`.
 *
 * @throws SerError `MODEL_INVALID` for another file.
 */
export function rewriteSilero(file: Uint8Array): Uint8Array {
  const model = decodeModel(file);
  return model.producerName === producerName ? file : encodeModel(buildGraph(model));
}

/**
 * The same for pages to download: its weights are stored in 16 bits.
 *
 * @throws SerError as {@link rewriteSilero}.
 */
export function rewriteSileroSmall(file: Uint8Array): Uint8Array {
  return encodeModel(compactWeights(buildGraph(decodeModel(file)), 'float16'));
}

function buildGraph(model: OnnxModel): OnnxModel {
  const find = collectWeights(model);
  const graph = new GraphBuilder();
  const weight = (name: string, shape: readonly number[], values = find(name)) =>
    graph.addFloats(name, shape, values);

  const paddingEnds = graph.addIntegers('padding', [4], [0, 0, 0, spectrumLength / 4]);
  graph.addNode('Pad', ['input', paddingEnds], 'padded', { mode: 'reflect' });
  const channelAxis = graph.addIntegers('channel', [1], [1]);
  graph.addNode('Unsqueeze', ['padded', channelAxis], 'signal');
  const basis = weight('stft.forward_basis_buffer', [2 * bins, 1, spectrumLength]);
  graph.addNode('Conv', ['signal', basis], 'spectrum', { strides: [spectrumLength / 2] });
  const parts = graph.addIntegers('parts', [2], [bins, bins]);
  graph.addNodeWithOutputs('Split', ['spectrum', parts], ['real', 'imaginary'], { axis: 1 });
  graph.addNode('Mul', ['real', 'real'], 'real squared');
  graph.addNode('Mul', ['imaginary', 'imaginary'], 'imaginary squared');
  graph.addNode('Add', ['real squared', 'imaginary squared'], 'power');

  let hidden = graph.addNode('Sqrt', ['power'], 'magnitude');
  let width = bins;
  strides.forEach((stride, layer) => {
    const bias = `encoder.${layer}.reparam_conv.bias`;
    const values = find(bias);
    const kernel = weight(`encoder.${layer}.reparam_conv.weight`, [values.length, width, 3]);
    const inputs = [hidden, kernel, weight(bias, [values.length], values)];
    const attributes = { strides: [stride], pads: [1, 1] };
    graph.addNode('Conv', inputs, `convolution ${layer}`, attributes);
    hidden = graph.addNode('Relu', [`convolution ${layer}`], `layer ${layer}`);
    width = values.length;
  });

  const sequence = graph.addIntegers('sequence', [3], [-1, 1, units]);
  graph.addNode('Reshape', [hidden, sequence], 'steps');
  const halves = graph.addIntegers('halves', [2], [1, 1]);
  graph.addNodeWithOutputs('Split', ['state', halves], ['hidden', 'cell'], { axis: 0 });
  const lstm = [
    weight('input weights', [1, 4 * units, units], orderGates(find('decoder.rnn.weight_ih'))),
    weight('hidden weights', [1, 4 * units, units], orderGates(find('decoder.rnn.weight_hh'))),
    weight(
      'biases',
      [1, 8 * units],
      Float32Array.of(
        ...orderGates(find('decoder.rnn.bias_ih')),
        ...orderGates(find('decoder.rnn.bias_hh')),
      ),
    ),
  ];
  graph.addNodeWithOutputs(
    'LSTM',
    ['steps', ...lstm, '', 'hidden', 'cell'],
    ['outputs', 'last hidden', 'last cell'],
    { hidden_size: units },
  );
  graph.addNode('Concat', ['last hidden', 'last cell'], 'stateN', { axis: 0 });
  const rows = graph.addIntegers('rows', [2], [-1, units]);
  graph.addNode('Reshape', ['outputs', rows], 'features');
  graph.addNode('Relu', ['features'], 'active');
  const head = [
    weight('decoder.decoder.2.weight', [units, 1]),
    weight('decoder.decoder.2.bias', [1]),
  ];
  graph.addNode('Gemm', ['active', ...head], 'logit');
  graph.addNode('Sigmoid', ['logit'], 'output');

  const { nodes, initialisers } = graph;
  const state = { type: 'float32', shape: [2, 1, units] } as const;
  return {
    ...{ irVersion: 8, opsets: { '': 16 }, graphName: 'speech', nodes, initialisers },
    ...{ producerName, producerVersion: '' },
    metadata: { licence: 'MIT, Copyright (c) 2020-present Silero Team' },
    inputs: [
      { name: 'input', type: 'float32', shape: ['frames', contextLength + frameLength] },
      { name: 'state', ...state },
    ],
    outputs: [
      { name: 'output', type: 'float32', shape: ['frames', 1] },
      { name: 'stateN', ...state },
    ],
  };
}

/** The weights for 16 kHz by the ends of their names; those for 8 kHz are in the other branch. */
function collectWeights({ nodes }: OnnxModel): (name: string) => Float32Array {
  const choice = nodes.find(({ operator }) => operator === 'If');
  const constants = (choice ? decodeBranch(choice.attributes?.then_branch).nodes : []).flatMap(
    ({ operator, outputs, attributes }) => {
      const value = attributes?.value;
      const isTensor = operator === 'Constant' && typeof value === 'object' && 'tensor' in value;
      return isTensor ? [{ name: outputs[0]!, tensor: value.tensor }] : [];
    },
  );
  return (wanted) => {
    const found = constants.find(({ name }) => name.endsWith(wanted));
    const values = found && readFloats(found.tensor);
    if (values) return values;
    throw new SerError(
      'MODEL_INVALID',
      `The speech model has no ${wanted}; Silero VAD 5 or 6 is needed.`,
    );
  };
}

/** From PyTorch's order of an LSTM's gates (i, f, g, o) to that of ONNX (i, o, f, g). */
function orderGates(values: Float32Array): Float32Array {
  const size = values.length / 4;
  const gate = (index: number) => values.subarray(index * size, (index + 1) * size);
  const ordered = new Float32Array(values.length);
  [0, 3, 1, 2].forEach((from, to) => {
    ordered.set(gate(from), to * size);
  });
  return ordered;
}
