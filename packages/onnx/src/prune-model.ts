import type { OnnxModel } from './onnx-model.ts';

/** The same model without the nodes and constants that no output of the graph hangs on. */
export function pruneModel(model: OnnxModel): OnnxModel {
  const wanted = new Set(model.outputs.map(({ name }) => name));
  const nodes = model.nodes
    .toReversed()
    .filter(({ inputs, outputs, attributes }) => {
      if (!outputs.some((output) => wanted.has(output))) return false;
      for (const input of inputs) wanted.add(input);
      // A graph within a node may use what lies outside of it, and is not read.
      if (Object.values(attributes ?? {}).some(holdsGraph)) keepAll(model, wanted);
      return true;
    })
    .toReversed();
  return {
    ...model,
    nodes,
    initialisers: model.initialisers.filter(({ name }) => wanted.has(name)),
  };
}

const holdsGraph = (attribute: unknown): boolean =>
  typeof attribute === 'object' && attribute !== null && 'message' in attribute;

function keepAll({ nodes, initialisers }: OnnxModel, wanted: Set<string>): void {
  for (const { name } of initialisers) wanted.add(name);
  for (const { outputs } of nodes) for (const output of outputs) wanted.add(output);
}
