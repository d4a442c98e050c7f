import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  addFrameMask,
  compactWeights,
  decodeModel,
  encodeModel,
  GraphBuilder,
  LayerGraph,
  type OnnxModel,
  readFloats,
} from '../src/index.ts';
import { expandWeights } from './expand-weights.ts';

const bands = 16;
const width = 64;
/** No multiple of 8: its columns have one scale each. */
const oddWidth = 68;

/** Numbers from -1 to 1, the same at each call. */
function listRandom(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/**
 * As an encoder and its head are: a convolution, attention in clips of unequal lengths, linear layers,
 * a table, a linear head behind. A few rows of the matrices are much larger than the others.
 */
function buildModel(scope: string): OnnxModel {
  const graph = new GraphBuilder();
  const part = new LayerGraph(graph, `${scope}layer`);
  const matrix = (name: string, rows: number, columns: number) => {
    const values = listRandom(rows * columns, rows + columns + name.length);
    const sized = values.map((value, at) => {
      const isLarge = Math.floor(at / columns) % 40 === 7;
      return ((isLarge ? 12 : 1) * value) / Math.sqrt(rows);
    });
    return part.floats(name, [rows, columns], sized);
  };
  const mask = addFrameMask(part, 'features', 'lengths');
  const masked = part.node('Mul', ['features', mask], 'masked');
  const columns = part.node('Transpose', [masked], 'columns', { perm: [0, 2, 1] });
  const kernel = part.floats('kernel', [width, bands, 3], listRandom(width * bands * 3, 5));
  const convolved = part.node('Conv', [columns, kernel], 'convolved', { pads: [1, 1] });
  const rows = part.node('Transpose', [convolved], 'rows', { perm: [0, 2, 1] });
  const table = part.floats('table', [1, 32, width], listRandom(32 * width, 6));
  const frames = part.node('Shape', ['features'], 'frames', { start: 1, end: 2 });
  const zero = part.integers('zero', [0]);
  const cut = part.node('Slice', [table, zero, frames, part.integers('one', [1])], 'cut');
  const x = part.node('Add', [rows, cut], 'x');
  const turned = part.node('Transpose', [x], 'turned', { perm: [0, 2, 1] });
  const projected = part.node('MatMul', [x, matrix('query', width, width)], 'projected');
  const small = part.node('Mul', [projected, part.float('share', 0.01)], 'small');
  const scores = part.node('MatMul', [small, turned], 'scores');
  const across = part.node('Transpose', [mask], 'across', { perm: [0, 2, 1] });
  const outside = part.node('Sub', [across, part.float('inside', 1)], 'outside');
  const far = part.node('Mul', [outside, part.float('far', 1e9)], 'far_away');
  const shares = part.node('Softmax', [part.node('Add', [scores, far], 'sum')], 'shares');
  const attended = part.node('MatMul', [shares, x], 'attended');
  const wide = part.node('MatMul', [attended, matrix('wide', width, oddWidth)], 'widened');
  const positive = part.node('Relu', [wide], 'positive');
  const narrow = part.node('MatMul', [positive, matrix('narrow', oddWidth, width)], 'narrowed');
  graph.addNode('Add', [attended, narrow], 'encoder/state_1');
  const head = graph.addFloats('head/kernel', [width, 24], listRandom(width * 24, 8));
  graph.addNode('MatMul', ['encoder/state_1', head], 'scores');
  return {
    ...{ irVersion: 8, opsets: { '': 17 }, producerName: '', producerVersion: '' },
    ...{ graphName: 'test', nodes: graph.nodes, initialisers: graph.initialisers, metadata: {} },
    inputs: [
      { name: 'features', type: 'float32', shape: ['batch', 'frames', bands] },
      { name: 'lengths', type: 'int32', shape: ['batch'] },
    ],
    outputs: [
      { name: 'encoder/state_1', type: 'float32', shape: ['batch', 'frames', width] },
      { name: 'scores', type: 'float32', shape: ['batch', 'frames', 24] },
    ],
  };
}

/** The hidden state of clips [clips, rows, bands] of these lengths. */
async function runState(
  model: OnnxModel,
  features: Float32Array,
  lengths: readonly number[],
): Promise<Float32Array> {
  const session = await InferenceSession.create(encodeModel(model));
  const rows = features.length / lengths.length / bands;
  const found = await session.run({
    features: new Tensor('float32', features, [lengths.length, rows, bands]),
    lengths: new Tensor('int32', Int32Array.from(lengths), [lengths.length]),
  });
  await session.release();
  return found['encoder/state_1']!.data as Float32Array;
}

const norm = (values: Float32Array) => Math.hypot(...values);
const subtract = (a: Float32Array, b: Float32Array) => a.map((value, at) => value - b[at]!);

const encoder = buildModel('encoder/');
const clip = listRandom(20 * bands, 3);

describe('of a pretrained encoder', () => {
  const int8 = compactWeights(encoder, 'int8');
  const float16 = compactWeights(encoder, 'float16');
  const typeOf = ({ initialisers }: OnnxModel, name: string) =>
    initialisers.find((tensor) => tensor.name === name)?.type;

  it('only matrices become int8, with a scale for 8 rows of a column; the rest float16', () => {
    const { initialisers } = int8;
    const find = (name: string) => initialisers.find((tensor) => tensor.name === name);
    expect(find('encoder/layer/query/int8')).toMatchObject({ type: 'int8', shape: [8, 8, 64] });
    expect(find('encoder/layer/query/step')).toMatchObject({ type: 'uint8', shape: [8, 1, 64] });
    expect(find('encoder/layer/narrow/step')!.shape).toEqual([1, 1, 64]);
    expect(typeOf(int8, 'encoder/layer/kernel/float16')).toBe('float16');
    expect(typeOf(int8, 'encoder/layer/table/float16')).toBe('float16');
  });

  it('what is also used otherwise than to multiply by it from the right is float16', () => {
    const shared = {
      operator: 'Neg',
      inputs: ['encoder/layer/query'],
      outputs: ['encoder/negative'],
    };
    const model = compactWeights({ ...encoder, nodes: [...encoder.nodes, shared] }, 'int8');
    expect(typeOf(model, 'encoder/layer/query/float16')).toBe('float16');
  });

  it('the head keeps its scale a row', () => {
    const scale = int8.initialisers.find(({ name }) => name === 'head/kernel/scale');
    expect(scale!.shape).toEqual([width, 1]);
  });

  it.each([
    ['query', width, 8],
    ['narrow', oddWidth, oddWidth],
  ])('each weight of %s is near, by the largest of its block', async (matrix, rows, inner) => {
    const name = `encoder/layer/${matrix}`;
    const values = readFloats(encoder.initialisers.find((tensor) => tensor.name === name)!)!;
    const found = await restoreWeight(int8, name, [rows, width]);
    for (let column = 0; column < width; column++) {
      const inColumn = Array.from({ length: rows }, (_, row) => row * width + column);
      const findLargest = (places: number[]) =>
        Math.max(...places.map((at) => Math.abs(values[at]!)));
      for (let start = 0; start < rows; start += inner) {
        const places = inColumn.slice(start, start + inner);
        // A scale is rounded up to the next of 255 steps.
        const most = findLargest(places) / 254 + findLargest(inColumn) / 255 / 254;
        const error = Math.max(...places.map((at) => Math.abs(found[at]! - values[at]!)));
        expect(error).toBeLessThan(1.001 * most);
      }
    }
  });

  it('is a little over a quarter in size, in float16 a half', () => {
    const size = (model: OnnxModel) =>
      model.initialisers
        .filter(({ name }) => /query|wide|narrow/.test(name))
        .reduce((sum, { data }) => sum + data.length, 0);
    expect(size(int8) / size(encoder)).toBeLessThan(0.29);
    expect(size(float16) / size(encoder)).toBeLessThan(0.505);
  });

  it.each([
    ['float16', float16, 1e-3],
    ['int8', int8, 2e-2],
  ] as const)('its hidden states in %s are nearly those of float32', async (_, model, most) => {
    const expected = await runState(encoder, clip, [20]);
    const found = await runState(model, clip, [20]);
    const error = norm(subtract(found, expected)) / norm(expected);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(most);
  });

  it('a clip alone and padded in a batch agree', async () => {
    const batch = new Float32Array(2 * 29 * bands).fill(4);
    batch.set(clip);
    const alone = await runState(int8, clip, [20]);
    const padded = await runState(int8, batch, [20, 29]);
    const differences = subtract(padded.slice(0, alone.length), alone).map(Math.abs);
    expect(Math.max(...differences)).toBeLessThan(1e-6 * Math.max(...alone.map(Math.abs)));
  });
});

/** What onnxruntime makes of a stored weight. */
async function restoreWeight(
  { nodes, initialisers, ...model }: OnnxModel,
  name: string,
  shape: readonly number[],
): Promise<Float32Array> {
  const own = nodes.filter(({ outputs }) => `${outputs[0]}/`.startsWith(`${name}/`));
  const restored: OnnxModel = {
    ...{ ...model, nodes: own, initialisers, inputs: [] },
    outputs: [{ name, type: 'float32', shape }],
  };
  const session = await InferenceSession.create(encodeModel(restored));
  const found = await session.run({});
  await session.release();
  return found[name]!.data as Float32Array;
}

describe('of a model without an encoder', () => {
  it('float16 is stored to the byte as in the published file', () => {
    const file = readFileSync(new URL('../../../models/small.onnx', import.meta.url));
    const published = decodeModel(new Uint8Array(file));
    const { nodes, initialisers } = compactWeights(expandWeights(published), 'float16');
    expect(nodes).toEqual(published.nodes);
    expect(nodes.filter(({ operator }) => operator === 'Cast').length).toBeGreaterThan(5);
    // Constants stand in any order.
    const others = new Map(published.initialisers.map((tensor) => [tensor.name, tensor]));
    expect(initialisers.map(({ name }) => name).sort()).toEqual([...others.keys()].sort());
    for (const { data, ...tensor } of initialisers) {
      const { data: expected, ...other } = others.get(tensor.name)!;
      expect(tensor).toEqual(other);
      expect(Buffer.compare(data, expected)).toBe(0);
    }
  });

  it('has a scale a row for every large weight, convolutions too', () => {
    const { initialisers } = compactWeights(buildModel('part/'), 'int8');
    const shapes = initialisers
      .filter(({ name }) => name.endsWith('/scale'))
      .map(({ name, shape }) => [name, shape]);
    expect(Object.fromEntries(shapes)).toMatchObject({
      'part/layer/kernel/scale': [width, bands, 1],
      'part/layer/query/scale': [width, 1],
    });
  });
});
