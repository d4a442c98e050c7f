import type { LayerGraph } from '@ser/onnx';

/** Adds x · (1 + erf(x / √2)) / 2, in the order in which onnxruntime makes one operation of it. */
export function addGelu(part: LayerGraph, x: string, name: string): string {
  const scaled = part.node('Div', [x, part.float(`${name}/root`, Math.SQRT2)], `${name}/scaled`);
  const erf = part.node('Erf', [scaled], `${name}/erf`);
  const more = part.node('Add', [erf, part.float(`${name}/one`, 1)], `${name}/more`);
  const twice = part.node('Mul', [x, more], `${name}/twice`);
  return part.node('Mul', [twice, part.float(`${name}/half`, 0.5)], name);
}
