import type { GraphBuilder } from '@ser/onnx';

/** Adds what makes probabilities of logits [batch, classes], as `probabilities`: temperature, softmax. */
export function addProbabilities(
  graph: GraphBuilder,
  logits: string,
  { temperature }: { temperature: number },
): void {
  const inverse = () =>
    graph.addFloats('inverse_temperature', [], Float32Array.of(1 / temperature));
  const calibrated =
    temperature === 1 ? logits : graph.addNode('Mul', [logits, inverse()], 'calibrated_logits');
  graph.addNode('Softmax', [calibrated], 'probabilities', { axis: -1 });
}
