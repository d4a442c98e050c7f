import { formatVoicePrior, type Manifest, manifestKey, voicesKey } from '@ser/runtime/core';
import { composeModel } from '../compose-model.ts';
import { addLinearHead, type LinearHead } from './linear-head.ts';
import { addProbabilities } from './probabilities.ts';
import { addStatisticsPooling } from './statistics-pooling.ts';

/**
 * Returns the bytes of a model file of an encoder with a linear head on the statistics of its hidden
 * states. Calibration temperature and softmax are inside the graph. Where the head has `voices`, the
 * model can be told who speaks, and its manifest says so.
 *
 * @param encoder bytes of an encoder file
 * @param manifest what the model says of itself; its `encoder.used` are the layers of the head
 * @throws SerError `ENCODER_INVALID` for another file, or a layer that it does not give.
 *
 * @example
 * const bytes = composeLinearModel(encoder, { head: fitLinearHead(examples, options), manifest });
 */
export function composeLinearModel(
  encoder: Uint8Array,
  { head, manifest }: { head: LinearHead; manifest: Manifest },
): Uint8Array {
  const { voices } = head;
  const told: Manifest = {
    ...manifest,
    ...(voices && { speaker: { corpora: voices.corpora.length } }),
  };
  return composeModel(encoder, {
    layers: manifest.encoder?.used ?? [],
    metadata: {
      [manifestKey]: JSON.stringify(told),
      ...(voices && { [voicesKey]: formatVoicePrior(voices) }),
    },
    add: (graph, inputs) => {
      const embedding = addStatisticsPooling(graph, inputs);
      const logits = addLinearHead(graph, head, embedding);
      addProbabilities(graph, logits, manifest.calibration);
      return [
        { name: 'probabilities', type: 'float32', shape: ['batch', manifest.labels.length] },
        { name: 'embedding', type: 'float32', shape: ['batch', head.mean.length] },
      ];
    },
  });
}
