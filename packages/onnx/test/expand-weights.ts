import { createFloats, type OnnxModel, readFloats } from '../src/index.ts';

const suffix = '/float16';

/** The same model with what is stored in float16 as plain float32: what `compactWeights` is given. */
export function expandWeights(model: OnnxModel): OnnxModel {
  return {
    ...model,
    nodes: model.nodes.filter(({ inputs }) => !inputs[0]?.endsWith(suffix)),
    initialisers: model.initialisers.map((tensor) =>
      tensor.name.endsWith(suffix)
        ? createFloats(tensor.name.slice(0, -suffix.length), tensor.shape, readFloats(tensor)!)
        : tensor,
    ),
  };
}
