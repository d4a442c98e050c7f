import type { LayersModel } from '@tensorflow/tfjs-node';
import { AttentionPooling } from '../models/attention-pooling.ts';
import { AverageMembers } from '../models/average-members.ts';
import { BidirectionalLstm } from '../models/bidirectional-lstm.ts';
import { ChannelNormalisation } from '../models/channel-normalisation.ts';
import { ColumnPooling } from '../models/column-pooling.ts';
import { FlattenColumns } from '../models/flatten-columns.ts';
import { LastMeanMaxPooling } from '../models/last-mean-max-pooling.ts';
import { MaskedConvolution } from '../models/masked-convolution.ts';
import { NormaliseClip } from '../models/normalise-clip.ts';
import { SeededDropout } from '../models/seeded-dropout.ts';
import { SelfAttention } from '../models/self-attention.ts';
import { SinusoidalPositions } from '../models/sinusoidal-positions.ts';
import { SpecAugment } from '../models/spec-augment.ts';
import { SpectrogramConvolution } from '../models/spectrogram-convolution.ts';
import { Standardise } from '../models/standardise.ts';
import { StatisticsPooling } from '../models/statistics-pooling.ts';
import { StridedLengths } from '../models/strided-lengths.ts';
import type { LayerGraph } from './layer-graph.ts';
import { addSelfAttention, addSinusoidalPositions } from './layers/attention.ts';
import { addAverage } from './layers/average-members.ts';
import { addBidirectionalLstm } from './layers/bidirectional-lstm.ts';
import { addMaskedConvolution, addStridedLengths } from './layers/convolution.ts';
import { addDense } from './layers/dense.ts';
import {
  addChannelNormalisation,
  addNormaliseClip,
  addStandardise,
} from './layers/normalisation.ts';
import {
  addAttentionPooling,
  addLastMeanMaxPooling,
  addStatisticsPooling,
} from './layers/pooling.ts';

import {
  addColumnPooling,
  addFlattenColumns,
  addSpectrogramConvolution,
} from './layers/spectrogram.ts';

/** A layer of a tfjs model. */
export type Layer = LayersModel['layers'][number];

/** Adds the nodes of a layer; returns the name of what the last of them gives. */
type AddLayer<L> = (part: LayerGraph, layer: L, inputs: never) => string;

/** By class name, what writes a layer as ONNX. */
const forms = new Map<string, AddLayer<Layer>>([
  form({ className: 'Add' }, addSum),
  form(AttentionPooling, addAttentionPooling),
  form(AverageMembers, addAverage),
  form(BidirectionalLstm, addBidirectionalLstm),
  form(ChannelNormalisation, addChannelNormalisation),
  form(ColumnPooling, addColumnPooling),
  form({ className: 'Dense' }, addDense),
  form(FlattenColumns, addFlattenColumns),
  form(LastMeanMaxPooling, addLastMeanMaxPooling),
  form(MaskedConvolution, addMaskedConvolution),
  form(NormaliseClip, addNormaliseClip),
  form({ className: 'ReLU' }, addRelu),
  form(SpectrogramConvolution, addSpectrogramConvolution),
  form(SelfAttention, addSelfAttention),
  form(SinusoidalPositions, addSinusoidalPositions),
  form(Standardise, addStandardise),
  form(StatisticsPooling, addStatisticsPooling),
  form(StridedLengths, addStridedLengths),
  // These do nothing in a prediction.
  form(SeededDropout, passOn),
  form(SpecAugment, passOn),
]);

/** Adds the ONNX form of a layer to a graph, given the names of its inputs; returns its output's. */
export function addLayer(part: LayerGraph, layer: Layer, inputs: string[]): string {
  const className = layer.getClassName();
  const add = forms.get(className);
  if (!add) throw new Error(`There is no ONNX form of the layer ${layer.name} (${className}).`);
  return add(part, layer, inputs as never);
}

function addSum(part: LayerGraph, _layer: unknown, inputs: string[]): string {
  return part.output('Sum', inputs);
}

function addRelu(part: LayerGraph, _layer: unknown, [x]: [string]): string {
  return part.output('Relu', [x]);
}

function passOn(_part: LayerGraph, _layer: unknown, [input]: [string]): string {
  return input;
}

function form<L>(
  { className }: { className: string; prototype?: L },
  add: AddLayer<L>,
): [string, AddLayer<Layer>] {
  return [className, add as unknown as AddLayer<Layer>];
}
