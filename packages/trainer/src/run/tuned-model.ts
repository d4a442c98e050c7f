import type { FeatureMatrix } from '@ser/dsp-wasm';
import { buildWhisperEncoder } from '@ser/encoders';
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs-node';
import type { EncoderTuning, RecipeEncoder } from '../features/recipe-encoder.ts';
import { cutBatches, stackBatch } from '../fit/batches.ts';
import type { Example } from '../fit/example.ts';
import { buildModel, type ModelShape } from '../models/build-model.ts';
import { decayLearningRate, freezeWhisper } from '../models/whisper/fine-tuning.ts';
import { readWhisperWeights, setWhisperWeights } from '../models/whisper/whisper-weights.ts';
import type { ModelOptions } from '../recipes/model-settings.ts';
import { tf } from '../tensorflow/tf.ts';

/** An encoder of which some layers train. */
export type TunedEncoder = RecipeEncoder & { tuning: EncoderTuning };

/** True where layers of the encoder train along. */
export function isTuned(encoder: RecipeEncoder | null): encoder is TunedEncoder {
  return encoder?.tuning != null;
}

/**
 * Builds a classifier behind the upper layers of an encoder with their weights; frozen is what does
 * not train. Its features are the hidden states that enter them.
 */
export function buildTunedModel(
  options: ModelOptions,
  { layers: states, tuning }: TunedEncoder,
  shape: Omit<ModelShape, 'features' | 'encoder'>,
): LayersModel {
  const { settings, weights, entering, last, padFrames } = tuning;
  const { width, heads, innerWidth } = weights;
  const { lora } = settings;
  const encoder = {
    ...{ width, heads, innerWidth, layers: last, firstLayer: entering, states, padFrames },
    ...(lora && { lora }),
  };
  const model = buildModel(options, { ...shape, features: width, encoder });
  const known = [...readWhisperWeights(model)].map(([name, { shape }]) => {
    return [name, { shape, values: weights.read(name, shape) }] as const;
  });
  setWhisperWeights(model, new Map(known));
  freezeWhisper(model, { layers: last, trainedLayers: lora ? 0 : settings.layers });
  return model;
}

/** By what each weight's learning rate is multiplied: the head's by 1. */
export function rateTunedWeights({ settings, last }: EncoderTuning): (name: string) => number {
  const { learningRateDecay: decay } = settings;
  return decayLearningRate({ layers: last, rate: decay, decay });
}

/** The matrices that the head sees, as the encoder's weights are now: those that count of each clip. */
export function* encodeWithModel(
  model: LayersModel,
  examples: readonly Example[],
  batchSize: number,
): Iterable<FeatureMatrix> {
  const outputs = ['standardise', 'encoder/frames'].map((name) => model.getLayer(name));
  const encoder = tf.model({
    inputs: model.inputs,
    outputs: [outputs[0]!.input as SymbolicTensor, outputs[1]!.output as SymbolicTensor],
  });
  for (const batch of cutBatches(examples, batchSize)) {
    const [states, lengths] = tf.tidy(
      () => encoder.apply([...stackBatch(batch.map(({ matrix }) => matrix))]) as Tensor[],
    );
    const [, rows, features] = states!.shape as [number, number, number];
    const values = states!.dataSync<'float32'>();
    for (const [at, frames] of lengths!.dataSync().entries()) {
      const start = at * rows * features;
      yield { data: values.subarray(start, start + frames * features), frames, features };
    }
    tf.dispose([states!, lengths!]);
  }
}

/**
 * The encoder file with the weights that a model of {@link buildTunedModel} holds, low-rank changes
 * merged into theirs; it gives the states that the head sees.
 */
export function exportTunedEncoder(
  model: LayersModel,
  { manifest, layers, tuning }: TunedEncoder,
): Uint8Array {
  const { weights, last } = tuning;
  const tuned = readWhisperWeights(model);
  const { name, licence, languages, source } = manifest;
  return buildWhisperEncoder(
    {
      ...weights,
      read: (weight, shape) => tuned.get(weight)?.values ?? weights.read(weight, shape),
    },
    { name, licence, languages, source, layers: last, states: layers },
  );
}
