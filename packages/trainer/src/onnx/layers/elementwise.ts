import type { WeightedSum } from '../../models/weighted-sum.ts';
import type { LayerGraph } from '../graph-builder.ts';

/** The ONNX form of `Add`. */
export function addSum(part: LayerGraph, _layer: unknown, inputs: string[]): string {
  return part.output('Sum', inputs);
}

/** The ONNX form of `Relu`. */
export function addRelu(part: LayerGraph, _layer: unknown, [x]: [string]): string {
  return part.output('Relu', [x]);
}

/** The ONNX form of `Gate`. */
export function addGate(part: LayerGraph, _layer: unknown, [x, gate]: [string, string]): string {
  return part.output('Mul', [x, part.node('Sigmoid', [gate], 'open')]);
}

/** The ONNX form of {@link WeightedSum}. */
export function addWeightedSum(part: LayerGraph, layer: WeightedSum, inputs: string[]): string {
  const weights = layer.weight!.read().dataSync<'float32'>() as Float32Array;
  const terms = inputs.map((input, at) =>
    part.node('Mul', [input, part.float(`weight_${at}`, weights[at]!)], `term_${at}`),
  );
  return part.output('Sum', terms);
}
