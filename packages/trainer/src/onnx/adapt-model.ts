import { SerError } from '@ser/dsp-wasm';
import { createFloats, decodeModel, encodeModel, type OnnxModel } from '@ser/onnx';
import { type Manifest, manifestKey, readModelFile } from '@ser/runtime/core';

/** What {@link adaptModel} writes into a model. */
export interface LabelAdaptation {
  /** Clips that the bias was fitted to. */
  clips: number;
  /** Added to the logarithm of each label's probability, in the order of the labels. */
  labelBias: readonly number[];
}

/**
 * The same model with a bias on its labels, in front of the softmax that ends the graph; see
 * `fitLabelBias`. The manifest tells of it under `adaptation`. Every runtime gives the adapted
 * probabilities, also of a file with smaller weights.
 *
 * @param model bytes of a model file of this project
 * @throws SerError `MODEL_INVALID` for another file; `INVALID_ARGUMENT` for a model whose labels are
 *   balanced already, or a bias for another number of labels
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
  const adaptation = { ...manifest.adaptation, clips, labelBias: [...labelBias] };
  const adapted = addLabelBias(decodeModel(model), labelBias);
  return encodeModel({
    ...adapted,
    metadata: { ...adapted.metadata, [manifestKey]: JSON.stringify({ ...manifest, adaptation }) },
  });
}

/**
 * Refuses a model whose labels are balanced already, before anything is predicted with it.
 *
 * @throws SerError `INVALID_ARGUMENT`
 */
export function checkAdaptable({ adaptation }: Manifest): void {
  if (!adaptation?.labelBias) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `model has its labels balanced by ${adaptation.clips} clips already; give the model that it was made from.`,
  );
}

function addLabelBias(model: OnnxModel, labelBias: readonly number[]): OnnxModel {
  const softmax = model.nodes.findIndex(({ outputs }) => outputs[0] === 'probabilities');
  const logits = model.nodes[softmax]?.inputs[0];
  if (logits === undefined) {
    throw new SerError('MODEL_INVALID', 'The model has no output probabilities.');
  }
  const biased = [
    { operator: 'Add', inputs: [logits, 'label_bias'], outputs: ['adapted_logits'] },
    { ...model.nodes[softmax]!, inputs: ['adapted_logits'] },
  ];
  return {
    ...model,
    nodes: model.nodes.toSpliced(softmax, 1, ...biased),
    initialisers: [
      ...model.initialisers,
      createFloats('label_bias', [labelBias.length], Float32Array.from(labelBias)),
    ],
  };
}
