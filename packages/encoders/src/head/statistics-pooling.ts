import { addStatistics, type GraphBuilder, LayerGraph } from '@ser/onnx';

/** Added to a variance before its root is taken. */
const varianceFloor = 1e-10;

/**
 * Adds what becomes of the frames of a clip: of each hidden state the mean and the standard deviation
 * over the frames that count, one behind the other, as `embedding` [batch, states * 2 * width].
 *
 * @param options.states names of the hidden states, [batch, frames, width]
 * @param options.frames name of the numbers of frames that count, int32 [batch]
 */
export function addStatisticsPooling(
  graph: GraphBuilder,
  { states, frames }: { states: readonly string[]; frames: string },
): string {
  const pooled = states.map((state, at) =>
    addStatistics(new LayerGraph(graph, `pooling_${at}`), state, {
      lengths: frames,
      varianceFloor,
    }),
  );
  return graph.addNode('Concat', pooled, 'embedding', { axis: 1 });
}
