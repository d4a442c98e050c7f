import { elementType, type GraphBuilder, type OnnxValue } from '@ser/onnx';
import { composeModel } from '../compose-model.ts';
import { addStatisticsPooling } from './statistics-pooling.ts';

/**
 * What a head learns from: `embedding`, the statistics of the hidden states over a clip; `frames`,
 * the hidden states side by side, frame by frame; `padded-frames`, also those of the zeros behind the
 * clip, which further layers of the encoder look at.
 */
export type EncoderOutput = 'embedding' | 'frames' | 'padded-frames';

/**
 * A graph that gives what a head learns from, as its one output `embedding`: float32 [batch, n], or
 * [batch, frames, n], of one clip alone; `frames` are without those that do not count.
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
    add: (graph, inputs) => [addEnd[output](graph, inputs)],
  });
}

interface EncoderEnd {
  states: string[];
  frames: string;
}

const frameShape = ['batch', 'frames', 'values'];

const addEnd: Record<EncoderOutput, (graph: GraphBuilder, end: EncoderEnd) => OnnxValue> = {
  embedding: (graph, end) => ({
    ...{ name: addStatisticsPooling(graph, end), type: 'float32' },
    shape: ['batch', 'values'],
  }),
  frames: (graph, { states, frames }) => {
    const joined = joinStates(graph, states, 'states');
    const start = graph.addIntegers('states/start', [1], [0]);
    const axis = graph.addIntegers('states/frame_axis', [1], [1]);
    const end = graph.addNode('Cast', [frames], 'states/end', { to: elementType.int64 });
    const name = graph.addNode('Slice', [joined, start, end, axis], 'embedding');
    return { name, type: 'float32', shape: frameShape };
  },
  'padded-frames': (graph, { states }) => ({
    ...{ name: joinStates(graph, states, 'embedding'), type: 'float32' },
    shape: frameShape,
  }),
};

function joinStates(graph: GraphBuilder, states: string[], name: string): string {
  return graph.addNode('Concat', states, name, { axis: 2 });
}
