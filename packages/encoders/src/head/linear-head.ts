import { type GraphBuilder, LayerGraph } from '@ser/onnx';
import { speakerShift, type VoicePrior } from '@ser/runtime/core';

/** Standardised values beyond this are cut: a channel that training never saw so far out. */
const outermost = 8;

/** A linear classifier of embeddings, which are standardised first. */
export interface LinearHead {
  /** Of each number of an embedding over the training clips. */
  mean: Float32Array;
  deviation: Float32Array;
  /** [classes, numbers of an embedding]. */
  weights: Float32Array;
  bias: Float32Array;
  /** What voices are like, so that the model file can be told who speaks. Absent: it cannot. */
  voices?: VoicePrior;
}

/** Embeddings as a linear head sees them: standardised, and cut at ±8. Row-major, as `rows`. */
export function standardise(
  rows: readonly Float32Array[],
  { mean, deviation }: Pick<LinearHead, 'mean' | 'deviation'>,
): Float32Array[] {
  return rows.map((row) =>
    row.map((value, i) => {
      const scaled = (value - mean[i]!) / deviation[i]!;
      return Math.max(-outermost, Math.min(outermost, scaled));
    }),
  );
}

/** Mean and standard deviation of each number of embeddings; of one that never changes it is 1. */
export function measureEmbeddings(
  rows: readonly Float32Array[],
): Pick<LinearHead, 'mean' | 'deviation'> {
  const width = rows[0]!.length;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (const row of rows) for (let i = 0; i < width; i++) sums[i]! += row[i]!;
  const mean = sums.map((sum) => sum / rows.length);
  for (const row of rows) {
    for (let i = 0; i < width; i++) squares[i]! += (row[i]! - mean[i]!) ** 2;
  }
  const deviation = squares.map((sum) => Math.sqrt(sum / rows.length) || 1);
  return { mean: Float32Array.from(mean), deviation: Float32Array.from(deviation) };
}

/**
 * Probabilities of the labels for each embedding.
 *
 * @returns one row an embedding, of as many numbers as the head has biases
 */
export function predictWithHead(head: LinearHead, rows: readonly Float32Array[]): Float32Array[] {
  const classes = head.bias.length;
  return standardise(rows, head).map((row) => {
    const logits = new Float64Array(classes);
    for (let k = 0; k < classes; k++) {
      const weights = head.weights.subarray(k * row.length, (k + 1) * row.length);
      logits[k] = head.bias[k]! + row.reduce((sum, value, i) => sum + value * weights[i]!, 0);
    }
    const largest = Math.max(...logits);
    const exponentials = logits.map((logit) => Math.exp(logit - largest));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    return Float32Array.from(exponentials, (value) => value / sum);
  });
}

/** The ONNX form of a head: adds its nodes behind embeddings [batch, n]; returns its logits' name. */
export function addLinearHead(graph: GraphBuilder, head: LinearHead, embedding: string): string {
  const part = new LayerGraph(graph, 'head');
  const width = head.mean.length;
  const classes = head.bias.length;
  // A constant of its own, and first: another in its place makes the model one of a single speaker.
  const entering = head.voices
    ? graph.addNode(
        'Sub',
        [embedding, graph.addFloats(speakerShift, [width], new Float32Array(width))],
        'speaker/relative',
      )
    : embedding;
  const centred = part.node('Sub', [entering, part.floats('mean', [width], head.mean)], 'centred');
  const scaled = part.node(
    'Div',
    [centred, part.floats('deviation', [width], head.deviation)],
    'scaled',
  );
  const limits = [part.float('lowest', -outermost), part.float('highest', outermost)];
  const cut = part.node('Clip', [scaled, ...limits], 'cut');
  const weights = part.floats('weights', [classes, width], head.weights);
  const bias = part.floats('bias', [classes], head.bias);
  return part.output('Gemm', [cut, weights, bias], { transB: 1 });
}
