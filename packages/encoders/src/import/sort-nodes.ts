import { SerError } from '@ser/dsp-wasm';
import type { OnnxModel, OnnxNode } from '@ser/onnx';

/**
 * The same graph with what is used before its use, which ONNX asks for and converters to float16 do
 * not keep to. Nodes that are in order stay where they are.
 *
 * @throws SerError `MODEL_INVALID` for a graph with a cycle.
 */
export function sortNodes(model: OnnxModel): OnnxModel {
  const awaited = new Set(model.nodes.flatMap(({ outputs }) => outputs.filter((name) => name)));
  const waiting = new Map<string, OnnxNode[]>();
  const nodes: OnnxNode[] = [];
  for (const first of model.nodes) {
    const ready = [first];
    for (let node = ready.pop(); node; node = ready.pop()) {
      const missing = node.inputs.find((name) => awaited.has(name));
      if (missing !== undefined) {
        const others = waiting.get(missing);
        if (others) others.push(node);
        else waiting.set(missing, [node]);
        continue;
      }
      nodes.push(node);
      for (const output of node.outputs) {
        awaited.delete(output);
        ready.push(...(waiting.get(output) ?? []));
        waiting.delete(output);
      }
    }
  }
  if (nodes.length === model.nodes.length) return { ...model, nodes };
  throw new SerError('MODEL_INVALID', 'The ONNX file has nodes that wait for each other.');
}
