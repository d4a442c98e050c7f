import { SerError } from '@ser/dsp-wasm';
import {
  createIntegers,
  elementType,
  GraphBuilder,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from '@ser/onnx';
import type { ExportConfig } from './export-config.ts';

/** Operators whose graphs are not read: a value that is renamed outside of them would be lost. */
const branching: readonly string[] = ['If', 'Loop', 'Scan'];

/** The inputs of every model and encoder file of this project. */
export function listInputs({ frontEnd }: ExportConfig): OnnxValue[] {
  const signal: OnnxValue =
    frontEnd.kind === 'waveform'
      ? { name: 'waveform', type: 'float32', shape: ['batch', 'samples'] }
      : {
          name: 'features',
          type: 'float32',
          shape: ['batch', 'frames', frontEnd.features.mel.bands],
        };
  return [signal, { name: 'lengths', type: 'int32', shape: ['batch'] }];
}

/**
 * An exported graph with this project's inputs: the signal under its name here and as rows of
 * frames, a mask of samples where the export asks for one (ones: clips come one at a time), and
 * Whisper's positions cut to the clip. Outputs and all other names stay.
 *
 * @param model the graph, without parts that are not wanted
 * @throws SerError `MODEL_INVALID` for a graph that takes or does something else.
 */
export function adoptInputs(model: OnnxModel, config: ExportConfig): OnnxModel {
  const branch = model.nodes.find(({ operator }) => branching.includes(operator));
  if (branch) refuse(`The ONNX file has a node ${branch.operator}, which is not supported.`);
  const opset = model.opsets[''] ?? 0;
  if (opset < 11) refuse(`The ONNX file is of opset ${opset}; at least 11 is supported.`);
  const used = new Set(model.nodes.flatMap(({ inputs }) => inputs));
  const inputs = model.inputs.filter(({ name }) => used.has(name));
  if (!inputs.some(({ name }) => name === nameSignal(config))) {
    refuse(`The ONNX file has no input ${nameSignal(config)}.`);
  }
  const graph = new GraphBuilder();
  for (const input of inputs) {
    if (input.name === 'attention_mask') addOnes(graph, input, config);
    else addSignal(graph, input, config);
  }
  const whole = {
    ...model,
    inputs: listInputs(config),
    nodes: [...graph.nodes, ...model.nodes],
    initialisers: [...model.initialisers, ...graph.initialisers],
  };
  return config.maxFrames === undefined ? whole : cutPositions(whole, config);
}

/** What exporters call the signal. */
function nameSignal({ frontEnd }: ExportConfig): string {
  return frontEnd.kind === 'waveform' ? 'input_values' : 'input_features';
}

function addSignal(graph: GraphBuilder, input: OnnxValue, config: ExportConfig): void {
  const expected = nameSignal(config);
  if (input.name !== expected) {
    refuse(`The ONNX file takes an input ${input.name}; expected is ${expected} alone.`);
  }
  const { kind } = config.frontEnd;
  const rank = kind === 'waveform' ? 2 : 3;
  const isFloat = input.type === 'float32' || input.type === 'float16';
  if (input.shape.length !== rank || !isFloat) {
    refuse(
      `The input ${input.name} of the ONNX file is ${input.type} with ${input.shape.length} axes; expected are float32 and ${rank}.`,
    );
  }
  const to = elementType[input.type];
  if (kind === 'waveform') {
    graph.addNode('Cast', ['waveform'], input.name, { to });
  } else {
    const rows = graph.addNode('Transpose', ['features'], `${input.name}/rows`, {
      perm: [0, 2, 1],
    });
    graph.addNode('Cast', [rows], input.name, { to });
  }
}

/** A mask that keeps every sample. */
function addOnes(graph: GraphBuilder, { name, type }: OnnxValue, { frontEnd }: ExportConfig): void {
  if (frontEnd.kind !== 'waveform') {
    refuse(`The ONNX file takes an input ${name}, which is not expected of this family.`);
  }
  const shape = graph.addNode('Shape', ['waveform'], `${name}/shape`);
  const one = createIntegers('', [1], [1]);
  const ones = graph.addNode('ConstantOfShape', [shape], `${name}/ones`, {
    value: { tensor: one },
  });
  graph.addNode('Cast', [ones], name, { to: elementType[type] });
}

/**
 * Whisper's table of positions is added whole, which fixes the clip to 30 s; cut to the frames that
 * there are, it takes any clip.
 */
function cutPositions(model: OnnxModel, { maxFrames = 0, width }: ExportConfig): OnnxModel {
  const positions = maxFrames / 2;
  const constants = new Map(listConstants(model).map(({ name, shape }) => [name, shape]));
  const isTable = (name: string) => {
    const shape = constants.get(name);
    return shape?.length === 2 && shape[0] === positions && shape[1] === width;
  };
  const at = model.nodes.findIndex(
    ({ operator, inputs }) => operator === 'Add' && inputs.filter(isTable).length === 1,
  );
  const addition = model.nodes[at];
  if (!addition) {
    return refuse(
      `The ONNX file has no table of ${positions} positions that is added to its ${width} channels.`,
    );
  }
  const table = addition.inputs.find(isTable)!;
  const frames = addition.inputs.find((name) => !isTable(name))!;
  const graph = new GraphBuilder();
  const shape = graph.addNode('Shape', [frames], 'positions/shape');
  const start = graph.addIntegers('positions/start', [1], [0]);
  const one = graph.addIntegers('positions/one', [1], [1]);
  const end = graph.addNode('Gather', [shape, one], 'positions/end', { axis: 0 });
  const cut = graph.addNode('Slice', [table, start, end, start], 'positions/cut');
  const inputs = addition.inputs.map((name) => (name === table ? cut : name));
  return {
    ...model,
    nodes: model.nodes.toSpliced(at, 1, ...graph.nodes, { ...addition, inputs }),
    initialisers: [...model.initialisers, ...graph.initialisers],
  };
}

/** Constants of a graph, also those that a node gives. */
function listConstants({ nodes, initialisers }: OnnxModel): OnnxTensor[] {
  const given = nodes.flatMap(({ operator, outputs, attributes }) => {
    const value = attributes?.value;
    if (operator !== 'Constant' || typeof value !== 'object' || !('tensor' in value)) return [];
    return [{ ...value.tensor, name: outputs[0] ?? '' }];
  });
  return [...initialisers, ...given];
}

/**
 * A graph in which everything that the hidden states hang on is named `encoder/…`, so that it can be
 * told from what stands behind them, and the states are `encoder/state_<layer>`, float32.
 *
 * @param encoder the part of the graph that the states hang on
 * @param states names of the states by layer
 */
export function nameEncoder(
  model: OnnxModel,
  { encoder, states }: { encoder: OnnxModel; states: ReadonlyMap<number, string> },
): OnnxModel {
  const fixed = new Set(['', ...model.inputs.map(({ name }) => name)]);
  const own = new Set([
    ...encoder.nodes.flatMap(({ outputs }) => outputs),
    ...encoder.initialisers.map(({ name }) => name),
  ]);
  const rename = (name: string) => (own.has(name) && !fixed.has(name) ? `encoder/${name}` : name);
  const graph = new GraphBuilder();
  for (const [layer, name] of states) {
    graph.addNode('Cast', [rename(name)], `encoder/state_${layer}`, { to: elementType.float32 });
  }
  addFrames(graph, `encoder/state_${[...states.keys()][0]}`);
  return {
    ...model,
    nodes: [
      ...model.nodes.map(
        (node): OnnxNode => ({
          ...node,
          inputs: node.inputs.map(rename),
          outputs: node.outputs.map(rename),
        }),
      ),
      ...graph.nodes,
    ],
    initialisers: [
      ...model.initialisers.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
      ...graph.initialisers,
    ],
  };
}

/** All frames of a state count: clips come one at a time, with nothing behind them. */
function addFrames(graph: GraphBuilder, state: string): void {
  const frames = 'encoder/frames';
  const shape = graph.addNode('Shape', [state], `${frames}/shape`);
  const axes = (axis: number) =>
    graph.addNode(
      'Gather',
      [shape, graph.addIntegers(`${frames}/axis_${axis}`, [1], [axis])],
      `${frames}/size_${axis}`,
      { axis: 0 },
    );
  const all = graph.addNode('Expand', [axes(1), axes(0)], `${frames}/all`);
  graph.addNode('Cast', [all], frames, { to: elementType.int32 });
}

function refuse(message: string): never {
  throw new SerError('MODEL_INVALID', message);
}
