import { SerError } from '@ser/dsp-wasm';
import { type OnnxModel, pruneModel } from '@ser/onnx';
import type { ExportConfig } from './export-config.ts';

/** The first addition of a layer: what entered the layer, and what its attention made of it. */
const residual = /(?:^|\/)layers\.(\d+)\/Add_output_0$/;

/** The output that is an encoder's last hidden state; `last_hidden_state` may be a decoder's. */
export function findStateOutput({ outputs }: OnnxModel): string | undefined {
  const names = outputs.map(({ name }) => name);
  return ['encoder_last_hidden_state', 'last_hidden_state'].find((name) => names.includes(name));
}

/**
 * Names of an exported encoder's hidden states in its graph, as `transformers` numbers them: 0 enters
 * the first layer, the last is what the encoder gives. Exports name a value by the module that
 * computes it, so they are found without regard to operators and their versions: state i is what
 * the first addition of layer i has from outside of the layer.
 *
 * @param model a graph without parts that are no encoder's, such as a decoder
 * @throws SerError `MODEL_INVALID` where the graph does not name the layer.
 */
export function findState(model: OnnxModel, layer: number, config: ExportConfig): string {
  const name = layer === config.layers ? findLast(model, config) : findEntry(model, layer);
  if (name !== undefined) return name;
  throw new SerError(
    'MODEL_INVALID',
    `The hidden state ${layer} is not found in the ONNX file; its values must bear the names of the layers, as optimum's exports do.`,
  );
}

function findEntry({ nodes }: OnnxModel, layer: number): string | undefined {
  const isInside = (name: string) => name.includes(`layers.${layer}/`);
  const addition = nodes.find(({ outputs }) => residual.exec(outputs[0] ?? '')?.[1] === `${layer}`);
  return addition?.inputs.find((input) => !isInside(input));
}

function findLast(model: OnnxModel, { layers, isPreNorm }: ExportConfig): string | undefined {
  const given = findStateOutput(model);
  if (given !== undefined) return given;
  const norm = isPreNorm ? 'encoder/layer_norm/' : `layers.${layers - 1}/final_layer_norm/`;
  return model.nodes.findLast(({ outputs }) => outputs[0]?.includes(norm))?.outputs[0];
}

/** The part of a graph that the given values hang on. */
export function keepUpTo(model: OnnxModel, names: readonly string[]): OnnxModel {
  return pruneModel({
    ...model,
    outputs: names.map((name) => ({ name, type: 'float32', shape: [] })),
  });
}
