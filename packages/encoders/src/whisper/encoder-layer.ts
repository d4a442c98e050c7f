import { type GraphBuilder, LayerGraph } from '@ser/onnx';
import { nameState } from '../compose-model.ts';
import { addGelu } from './gelu.ts';
import type { WhisperWeights } from './whisper-weights.ts';

/** What {@link addEncoderLayer} takes. */
export interface EncoderLayerParts {
  weights: WhisperWeights;
  /** Number of the layer, from 1; its output is `encoder/state_<layer>`. */
  layer: number;
  /** Name of its input [batch, frames, width]. */
  x: string;
  /** Name of what is added to each score [batch, 1, 1, frames]. */
  mask: string;
}

/**
 * Adds a layer of a Transformer that normalises before each of its parts: attention of all frames to
 * all, then two linear layers with GELU between. Returns the name of its output [batch, frames, width].
 */
export function addEncoderLayer(
  graph: GraphBuilder,
  { weights, layer, x, mask }: EncoderLayerParts,
): string {
  const part = new LayerGraph(graph, `encoder/layer_${layer}`);
  const { width, heads, innerWidth } = weights;
  const read = (name: string, shape: number[]) =>
    weights.read(`layers.${layer - 1}.${name}`, shape);

  const normalise = (input: string, name: string, source: string): string => {
    const scale = part.floats(`${name}/weight`, [width], read(`${source}.weight`, [width]));
    const shift = part.floats(`${name}/bias`, [width], read(`${source}.bias`, [width]));
    return part.node('LayerNormalization', [input, scale, shift], name, {
      ...{ axis: -1, epsilon: { float: 1e-5 } },
    });
  };
  const multiply = (input: string, name: string, { kernel, bias }: Linear): string => {
    const matrix = part.floats(
      `${name}/weight`,
      [kernel.length / bias.length, bias.length],
      kernel,
    );
    const product = part.node('MatMul', [input, matrix], `${name}/product`);
    return part.node('Add', [part.floats(`${name}/bias`, [bias.length], bias), product], name);
  };
  const linear = (source: string, inner: number, outer: number): Linear => ({
    kernel: transpose(read(`${source}.weight`, [outer, inner]), outer, inner),
    bias: read(`${source}.bias`, [outer]),
  });

  const normalised = normalise(x, 'attention_norm', 'self_attn_layer_norm');
  const projected = multiply(normalised, 'projection', joinProjections(weights, read));
  const thirds = ['query', 'key', 'value'].map((name) => `${part.name}/${name}`);
  graph.addNodeWithOutputs('Split', [projected], thirds, { axis: 2 });
  const split = part.integers('heads', [0, 0, heads, width / heads]);
  const [query, key, value] = thirds.map((third, at) => {
    const parts = graph.addNode('Reshape', [third, split], `${third}/heads`);
    const perm = at === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3];
    return graph.addNode('Transpose', [parts], `${third}/turned`, { perm });
  });
  const scores = part.node('MatMul', [query!, key!], 'scores');
  const masked = part.node('Add', [scores, mask], 'masked_scores');
  const shares = part.node('Softmax', [masked], 'shares', { axis: -1 });
  const attended = part.node('MatMul', [shares, value!], 'attended');
  const turned = part.node('Transpose', [attended], 'attended/turned', { perm: [0, 2, 1, 3] });
  const together = part.node(
    'Reshape',
    [turned, part.integers('joined', [0, 0, width])],
    'together',
  );
  const output = multiply(together, 'output', linear('self_attn.out_proj', width, width));
  const middle = part.node('Add', [x, output], 'middle');

  const again = normalise(middle, 'inner_norm', 'final_layer_norm');
  const wide = multiply(again, 'wide', linear('fc1', width, innerWidth));
  const narrow = multiply(addGelu(part, wide, 'gelu'), 'narrow', linear('fc2', innerWidth, width));
  return graph.addNode('Add', [middle, narrow], nameState(layer));
}

/** A linear layer: kernel [inner, outer] and bias [outer]. */
interface Linear {
  kernel: Float32Array;
  bias: Float32Array;
}

/** Queries, keys and values as one product; the scale of the scores is within the queries' weights. */
function joinProjections(
  { width, heads }: WhisperWeights,
  read: (name: string, shape: number[]) => Float32Array,
): Linear {
  const scale = (width / heads) ** -0.5;
  const scaled = (values: Float32Array) => values.map((value) => value * scale);
  const kernels = [
    scaled(read('self_attn.q_proj.weight', [width, width])),
    read('self_attn.k_proj.weight', [width, width]),
    read('self_attn.v_proj.weight', [width, width]),
  ];
  const bias = new Float32Array(3 * width);
  bias.set(scaled(read('self_attn.q_proj.bias', [width])), 0);
  bias.set(read('self_attn.v_proj.bias', [width]), 2 * width);
  const rows = new Float32Array(3 * width * width);
  kernels.forEach((kernel, third) => {
    rows.set(kernel, third * width * width);
  });
  return { kernel: transpose(rows, 3 * width, width), bias };
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column]!;
    }
  }
  return turned;
}
