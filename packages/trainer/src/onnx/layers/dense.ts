import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-node';
import type { LayerGraph } from '../layer-graph.ts';

/** The ONNX form of a dense layer, linear or ReLU, over vectors or over the frames of sequences. */
export function addDense(
  part: LayerGraph,
  layer: LayersModel['layers'][number],
  [x]: [string],
): string {
  const [kernel, bias] = layer.weights as [LayerVariable, LayerVariable];
  const weights = [part.weight('kernel', kernel), part.weight('bias', bias)] as const;
  const isVector = layer.outputShape.length === 2;
  const sum = isVector
    ? part.node('Gemm', [x, ...weights], 'sum')
    : part.node('Add', [part.node('MatMul', [x, weights[0]], 'product'), weights[1]], 'sum');
  const { activation } = layer.getConfig();
  if (activation === 'linear') return sum;
  if (activation === 'relu') return part.output('Relu', [sum]);
  throw new Error(`There is no ONNX form of the activation ${activation}.`);
}
