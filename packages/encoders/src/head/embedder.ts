import { elementType, type GraphBuilder, type OnnxValue } from '@ser/onnx';
import { composeModel } from '../compose-model.ts';
import { addStatisticsPooling } from './statistics-pooling.ts';

/**
 * What a head learns from: `embedding`, the statistics of the hidden states over a clip; `frames`,
 * the hidden states side by side, frame by frame.
 */
export type EncoderOutput = 'embedding' | 'frames';

/**
 * A graph that gives what a head learns from, as its one output `embedding`: float32 [batch, n], or
 * [batch, frames, n] without the frames that do not count, of one clip alone.
 *
 * @param encoder bytes of an encoder file
 * @throws SerError `ENCODER_INVALID` for another file, or a layer that it does not give.
 */
export function createEmbedder(
  encoder: Uint8Array,
  { layers, output }: { layers: readonly number[]; output: EncoderOutput },
): Uint8Array {
  return composeModel(encoder, {
    layers,
    metadata: {},
    add: (graph, inputs) =>
      output === 'embedding' ? poolStates(graph, inputs) : joinStates(graph, inputs),
  });
}

interface EncoderEnd {
  states: string[];
  frames: string;
}

function poolStates(graph: GraphBuilder, inputs: EncoderEnd): OnnxValue[] {
  const name = addStatisticsPooling(graph, inputs);
  return [{ name, type: 'float32', shape: ['batch', 'values'] }];
}

function joinStates(graph: GraphBuilder, { states, frames }: EncoderEnd): OnnxValue[] {
  const joined = graph.addNode('Concat', states, 'states', { axis: 2 });
  const start = graph.addIntegers('states/start', [1], [0]);
  const axis = graph.addIntegers('states/frame_axis', [1], [1]);
  const end = graph.addNode('Cast', [frames], 'states/end', { to: elementType.int64 });
  const name = graph.addNode('Slice', [joined, start, end, axis], 'embedding');
  return [{ name, type: 'float32', shape: ['batch', 'frames', 'values'] }];
}
