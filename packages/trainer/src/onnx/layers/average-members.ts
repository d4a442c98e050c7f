import type { LayerGraph } from '../layer-graph.ts';

/** The ONNX form of `AverageMembers` in a prediction. */
export function addAverage(part: LayerGraph, _layer: unknown, logits: string[]): string {
  const probabilities = logits.map((value, at) =>
    part.node('Softmax', [value], `probabilities_${at + 1}`, { axis: -1 }),
  );
  return part.output('Log', [part.node('Mean', probabilities, 'mean')]);
}
