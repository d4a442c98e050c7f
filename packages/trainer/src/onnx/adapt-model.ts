import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { SerError } from '@ser/dsp-wasm';
import { type Manifest, readModelFile } from '@ser/runtime/core';
import { type OnnxNode, writeMessage, writeNode, writeTensor } from './encode-model.ts';
import { copyField, graphField, readFields, rewriteModel } from './model-fields.ts';

/** What {@link adaptModel} writes into a model. */
export interface LabelAdaptation {
  /** Clips that the bias was fitted to. */
  clips: number;
  /** Added to the logarithm of each label's probability, in the order of the labels. */
  labelBias: readonly number[];
}

const nodeField = { input: 1, output: 2 } as const;

/**
 * The same model with a bias on its labels, in front of the softmax that ends the graph; see
 * `fitLabelBias`. The manifest tells of it under `adaptation`. Every runtime gives the adapted
 * probabilities, also of a file with smaller weights.
 *
 * @param model bytes of a model file of this project
 * @throws SerError `MODEL_INVALID` for another file; `INVALID_ARGUMENT` for a model that is adapted
 *   already, or a bias for another number of labels
 */
export function adaptModel(model: Uint8Array, { clips, labelBias }: LabelAdaptation): Uint8Array {
  const manifest = readModelFile(model);
  const { labels } = manifest;
  checkAdaptable(manifest);
  if (labelBias.length !== labels.length) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `labelBias has ${labelBias.length} numbers; the model has ${labels.length} labels.`,
    );
  }
  const adaptation = { clips, labelBias: [...labelBias] };
  return rewriteModel(model, {
    graph: (graph) => addLabelBias(graph, labelBias),
    manifest: { ...manifest, adaptation },
  });
}

/**
 * Refuses a model that is adapted already, before anything is predicted with it.
 *
 * @throws SerError `INVALID_ARGUMENT`
 */
export function checkAdaptable({ adaptation }: Manifest): void {
  if (!adaptation) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `model is adapted to ${adaptation.clips} clips already; give the model that it was made from.`,
  );
}

function addLabelBias(graph: Uint8Array, labelBias: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  const addNode = (node: OnnxNode) =>
    writeMessage(writer, graphField.node, () => writeNode(writer, node));
  let isThere = false;
  for (const each of readFields(graph)) {
    const { field, content } = each;
    if (field !== graphField.node || readName(content, nodeField.output) !== 'probabilities') {
      copyField(writer, each);
      continue;
    }
    isThere = true;
    const logits = readName(content, nodeField.input)!;
    addNode({ operator: 'Add', inputs: [logits, 'label_bias'], outputs: ['adapted_logits'] });
    addNode({
      ...{ operator: 'Softmax', inputs: ['adapted_logits'], outputs: ['probabilities'] },
      attributes: { axis: -1 },
    });
  }
  if (!isThere) throw new SerError('MODEL_INVALID', 'The model has no output probabilities.');
  writeMessage(writer, graphField.initialiser, () =>
    writeTensor(writer, {
      ...{ name: 'label_bias', type: 'float32', shape: [labelBias.length] },
      values: Float32Array.from(labelBias),
    }),
  );
  return writer.finish();
}

/** The first text of a field of a node. */
function readName(node: Uint8Array, wanted: number): string | undefined {
  for (const { field, content } of readFields(node)) {
    if (field === wanted) return new TextDecoder().decode(content);
  }
  return undefined;
}
