import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { createRandom } from '../random.ts';
import type { ModelSettings } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import { BidirectionalLstm } from './bidirectional-lstm.ts';
import type { FeatureStatistics } from './feature-statistics.ts';
import { NormaliseClip } from './normalise-clip.ts';
import { SeededDropout } from './seeded-dropout.ts';
import { SpecAugment } from './spec-augment.ts';
import { Standardise } from './standardise.ts';

/** What a model is built from, besides its recipe. */
export interface ModelShape {
  /** Columns of the feature matrix. */
  features: number;
  /** Number of labels. */
  classes: number;
  /** Seed of the initial weights and of dropout. */
  seed: number;
}

/**
 * Builds the masked bidirectional LSTM classifier: normalisation, masks in training
 * (`specAugment`), a BiLSTM for each entry of
 * `lstmUnits` with dropout between them, a dense ReLU layer, dropout, and a dense layer of logits.
 * Masking is by true lengths. Inputs: `features` [batch, frames, features] and `lengths` [batch];
 * output: logits [batch, classes].
 *
 * The reference model has `lstmUnits` 128 and 64, `denseUnits` 64 and dropout 0.3.
 */
export function buildModel(settings: ModelSettings, shape: ModelShape): LayersModel {
  const features = tf.input({ shape: [null, shape.features], name: 'features' });
  const lengths = tf.input({ shape: [], dtype: 'int32', name: 'lengths' });
  const random = createRandom(shape.seed);
  const seedOf = (name: string): number => random.fork(name).integer(2 ** 31);
  const dropout = (name: string): SeededDropout =>
    new SeededDropout({ name, rate: settings.dropout, seed: seedOf(name) });

  let x = (
    settings.normalisation === 'clip'
      ? new NormaliseClip({ name: 'normalise_clip' }).apply([features, lengths])
      : new Standardise({ name: 'standardise' }).apply(features)
  ) as SymbolicTensor;
  if (settings.specAugment) {
    const name = 'spec_augment';
    const layer = new SpecAugment({ name, seed: seedOf(name), ...settings.specAugment });
    x = layer.apply([x, lengths]) as SymbolicTensor;
  }
  settings.lstmUnits.forEach((units, index) => {
    const isLast = index === settings.lstmUnits.length - 1;
    const name = `bilstm_${index + 1}`;
    const layer = new BidirectionalLstm({
      name,
      units,
      returnSequences: !isLast,
      seed: seedOf(name),
    });
    x = layer.apply([x, lengths]) as SymbolicTensor;
    if (!isLast) x = dropout(`dropout_${index + 1}`).apply(x) as SymbolicTensor;
  });
  x = dense('dense', settings.denseUnits, 'relu', seedOf('dense')).apply(x) as SymbolicTensor;
  x = dropout('dropout_dense').apply(x) as SymbolicTensor;
  x = dense('logits', shape.classes, 'linear', seedOf('logits')).apply(x) as SymbolicTensor;
  return tf.model({ inputs: [features, lengths], outputs: x, name: 'bilstm_classifier' });
}

/** Gives the statistics of the training clips to the layer that needs them, if there is one. */
export function setFeatureStatistics(model: LayersModel, statistics: FeatureStatistics): void {
  for (const layer of model.layers) {
    if (layer instanceof Standardise) layer.setStatistics(statistics);
  }
}

function dense(name: string, units: number, activation: 'relu' | 'linear', seed: number) {
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  return tf.layers.dense({ name, units, activation, kernelInitializer });
}
