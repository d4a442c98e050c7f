import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { createRandom } from '../random.ts';
import {
  type ModelOptions,
  type ModelSettings,
  resolveModelSettings,
} from '../recipes/model-settings.ts';
import { tf } from '../tensorflow/tf.ts';
import { addConvolution } from './add-convolution.ts';
import { addLstms } from './add-lstms.ts';
import { addPooling } from './add-pooling.ts';
import { addSpectrogramConvolution } from './add-spectrogram-convolution.ts';
import { addTransformer } from './add-transformer.ts';
import { AverageMembers } from './average-members.ts';
import type { FeatureStatistics } from './feature-statistics.ts';
import { MemberBuilder, type SymbolicSequence } from './member-builder.ts';
import { NormaliseClip } from './normalise-clip.ts';
import { SpecAugment } from './spec-augment.ts';
import { Standardise } from './standardise.ts';
import { addTunedLayers, type TunedLayers } from './whisper/tuned-layers.ts';

/** What a model is built from, besides its recipe. */
export interface ModelShape {
  /** Columns of the feature matrix. */
  features: number;
  /** Number of labels. */
  classes: number;
  /** Seed of the initial weights and of dropout. */
  seed: number;
  /** Layers of a Whisper encoder in front of all, which take the features. Default: none. */
  encoder?: TunedLayers;
}

/**
 * Builds a classifier as a recipe's `model` describes it: normalisation, masks in training
 * (`specAugment`), convolutions over frames and columns or over time where asked for, a bidirectional
 * LSTM for each entry of `lstmUnits` with dropout between them, pooling over the clip's frames, a
 * dense ReLU layer, dropout, and a dense layer of logits.
 * With several `members`, so many such networks side by side, each trained on its own loss, whose
 * probabilities are averaged. With an `encoder`, its layers stand in front of all, of all members.
 * Masking is by true lengths. Inputs: `features` [batch, frames, features] and `lengths` [batch];
 * output: logits [batch, classes].
 *
 * The reference model has `lstmUnits` 128 and 64, `denseUnits` 64 and dropout 0.3.
 *
 * @throws SerError `INVALID_ARGUMENT` for settings that no recipe may hold.
 */
export function buildModel(options: ModelOptions, shape: ModelShape): LayersModel {
  const { settings, inputs, sequence, members } = beginModel(options, shape);
  const { classes } = shape;
  const logits = members.map((member) => addMember(member, sequence, { settings, classes }));
  const outputs = logits.length === 1 ? logits[0]! : averageMembers(logits);
  return tf.model({ inputs, outputs, name: 'classifier' });
}

/**
 * Builds what {@link buildModel} does up to its last LSTM, under the same names and from the same
 * initial weights, and behind it a dense layer that guesses the normalised frames from what the
 * masks leave of them. Inputs are those of the classifier; outputs, each [batch, frames, features]:
 * the normalised frames, and for each member those that it sees and its guess.
 *
 * @throws SerError `INVALID_ARGUMENT` for settings that no recipe may hold.
 */
export function buildFrameModel(
  options: ModelOptions,
  shape: Omit<ModelShape, 'classes'>,
): LayersModel {
  const { settings, inputs, sequence, members } = beginModel(options, shape);
  const outputs = members.flatMap((member) => {
    const seen = addMasks(member, sequence, settings);
    const states = addLstms(member, { ...sequence, x: seen }, settings);
    return [seen, member.addDense('frames', states, { units: shape.features })];
  });
  return tf.model({ inputs, outputs: [sequence.x, ...outputs], name: 'frames' });
}

/** What every model starts with: its inputs, its normalised frames, and who adds each network. */
function beginModel(
  options: ModelOptions,
  { features: width, seed, encoder }: Pick<ModelShape, 'features' | 'seed' | 'encoder'>,
): {
  settings: ModelSettings;
  inputs: SymbolicTensor[];
  sequence: SymbolicSequence;
  members: MemberBuilder[];
} {
  const settings = resolveModelSettings(options);
  const features = tf.input({ shape: [null, width], name: 'features' });
  const lengths = tf.input({ shape: [], dtype: 'int32', name: 'lengths' });
  const random = createRandom(seed);
  const given = { x: features, lengths };
  const seen = encoder ? addTunedLayers(given, { ...encoder, random }) : given;
  const x = (
    settings.normalisation === 'clip'
      ? new NormaliseClip({ name: 'normalise_clip' }).apply([seen.x, seen.lengths])
      : new Standardise({ name: 'standardise' }).apply(seen.x)
  ) as SymbolicTensor;
  const members = Array.from({ length: settings.members }, (_, at) => {
    const prefix = at === 0 ? '' : `member_${at + 1}_`;
    return new MemberBuilder({ prefix, dropoutRate: settings.dropout, random });
  });
  const sequence = { x, lengths: seen.lengths };
  return { settings, inputs: [features, lengths], sequence, members };
}

/** One network from normalised features to logits. */
function addMember(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  { settings, classes }: { settings: ModelSettings; classes: number },
): SymbolicTensor {
  const { spectrogramConvolution, convolution, transformer, denseUnits } = settings;
  x = addMasks(member, { x, lengths }, settings);
  if (spectrogramConvolution) {
    x = addSpectrogramConvolution(member, { x, lengths }, spectrogramConvolution);
  }
  if (convolution) ({ x, lengths } = addConvolution(member, { x, lengths }, convolution));
  x = transformer
    ? addTransformer(member, { x, lengths }, transformer)
    : addLstms(member, { x, lengths }, settings);
  x = addPooling(member, { x, lengths }, settings.pooling);
  x = member.addDense('dense', x, { units: denseUnits, activation: 'relu' });
  x = member.addDropout('dropout_dense', x);
  return member.addDense('logits', x, { units: classes });
}

function addMasks(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  { specAugment }: ModelSettings,
): SymbolicTensor {
  if (!specAugment) return x;
  return member.add(
    'spec_augment',
    [x, lengths],
    (identity) => new SpecAugment({ ...identity, ...specAugment }),
  );
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
