import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { createRandom, type Random } from '../random.ts';
import type { ModelSettings } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import { AverageMembers } from './average-members.ts';
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
 * With several `members`, so many such networks side by side, each trained on its own loss, whose
 * probabilities are averaged.
 * Masking is by true lengths. Inputs: `features` [batch, frames, features] and `lengths` [batch];
 * output: logits [batch, classes].
 *
 * The reference model has `lstmUnits` 128 and 64, `denseUnits` 64 and dropout 0.3.
 */
export function buildModel(settings: ModelSettings, shape: ModelShape): LayersModel {
  const features = tf.input({ shape: [null, shape.features], name: 'features' });
  const lengths = tf.input({ shape: [], dtype: 'int32', name: 'lengths' });
  const random = createRandom(shape.seed);

  const normalised = (
    settings.normalisation === 'clip'
      ? new NormaliseClip({ name: 'normalise_clip' }).apply([features, lengths])
      : new Standardise({ name: 'standardise' }).apply(features)
  ) as SymbolicTensor;
  const members = Array.from({ length: settings.members }, (_, at) => {
    const prefix = at === 0 ? '' : `member_${at + 1}_`;
    return addMember(normalised, lengths, { settings, shape, random, prefix });
  });
  const outputs = members.length === 1 ? members[0]! : averageMembers(members);
  return tf.model({ inputs: [features, lengths], outputs, name: 'bilstm_classifier' });
}

interface MemberOptions {
  settings: ModelSettings;
  shape: ModelShape;
  random: Random;
  /** In front of the names of its layers. */
  prefix: string;
}

/** One network from normalised features to logits. */
function addMember(
  normalised: SymbolicTensor,
  lengths: SymbolicTensor,
  { settings, shape, random, prefix }: MemberOptions,
): SymbolicTensor {
  const seedOf = (name: string): number => random.fork(name).integer(2 ** 31);
  const addDropout = (name: string, input: SymbolicTensor): SymbolicTensor =>
    new SeededDropout({ name, rate: settings.dropout, seed: seedOf(name) }).apply(
      input,
    ) as SymbolicTensor;

  let x = normalised;
  if (settings.specAugment) {
    const name = `${prefix}spec_augment`;
    const layer = new SpecAugment({ name, seed: seedOf(name), ...settings.specAugment });
    x = layer.apply([x, lengths]) as SymbolicTensor;
  }
  settings.lstmUnits.forEach((units, index) => {
    const isLast = index === settings.lstmUnits.length - 1;
    const name = `${prefix}bilstm_${index + 1}`;
    const layer = new BidirectionalLstm({
      ...{ name, units, returnSequences: !isLast, seed: seedOf(name) },
    });
    x = layer.apply([x, lengths]) as SymbolicTensor;
    if (!isLast) x = addDropout(`${prefix}dropout_${index + 1}`, x);
  });
  const addDense = (name: string, units: number, activation: 'relu' | 'linear'): SymbolicTensor =>
    dense(name, units, activation, seedOf(name)).apply(x) as SymbolicTensor;
  x = addDense(`${prefix}dense`, settings.denseUnits, 'relu');
  x = addDropout(`${prefix}dropout_dense`, x);
  return addDense(`${prefix}logits`, shape.classes, 'linear');
}

function averageMembers(logits: SymbolicTensor[]): SymbolicTensor {
  return new AverageMembers({ name: 'average_members' }).apply(logits) as SymbolicTensor;
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
