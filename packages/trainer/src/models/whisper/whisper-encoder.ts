import { SerError } from '@ser/dsp-wasm';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { createRandom } from '../../random.ts';
import { tf } from '../../tensorflow/tf.ts';
import { MaskedConvolution } from '../masked-convolution.ts';
import { MemberBuilder, type SymbolicSequence } from '../member-builder.ts';
import { StridedLengths } from '../strided-lengths.ts';
import { Gelu } from './gelu.ts';
import { HeadAttention } from './head-attention.ts';
import { type LowRankSettings, Projection } from './projection.ts';
import { WhisperPositions } from './whisper-positions.ts';

/** What the names of the encoder's layers begin with; behind it stand those of `transformers`. */
export const encoderPrefix = 'encoder/';

/** Low-rank adapters of the encoder's matrices. */
export interface AdapterSettings extends LowRankSettings {
  /** Which projections have them. Default: `query-value`, those of Hu et al. (2022). */
  projections?: 'query-value' | 'all';
}

/** The size of an encoder: what {@link addWhisperEncoder} adds. */
export interface WhisperShape {
  /** Columns of a frame; 384 in tiny, 512 in base. Even, and divided by `heads`. */
  width: number;
  heads: number;
  /** Numbers of a frame between a layer's two linear maps. Default: four times the width. */
  innerWidth?: number;
  /** The encoder ends behind so many layers. */
  layers: number;
  /**
   * The first layer that is added, counted from 0: the sequence then is what enters that layer, such
   * as a stored hidden state. Default: the sequence is log-mel frames, and the stem comes first.
   */
  firstLayer?: number;
  lora?: AdapterSettings;
}

/** What {@link addWhisperEncoder} gives. */
export interface WhisperStates {
  /** What enters the first added layer, then what each layer gives: [batch, frames, width]. */
  states: SymbolicTensor[];
  /** Frames of each clip, [batch]: half of the log-mel frames, rounded up. */
  lengths: SymbolicTensor;
}

/**
 * Adds Whisper's audio encoder (Radford et al. 2022) without its last normalisation: two convolutions
 * with GELU, of which the second halves the frame rate, sinusoidal positions, and layers of
 * self-attention and a network four times as wide, each normalised in front and added to what it was
 * given. Clips are masked by their lengths and are not padded to 30 s. Weights are random until
 * `setWhisperWeights`.
 *
 * @throws SerError `INVALID_ARGUMENT` for a shape that no encoder has
 */
export function addWhisperEncoder(
  member: MemberBuilder,
  sequence: SymbolicSequence,
  shape: WhisperShape,
): WhisperStates {
  assertShape(shape);
  const { layers, firstLayer = 0 } = shape;
  const { x, lengths } =
    shape.firstLayer === undefined ? addStem(member, sequence, shape.width) : sequence;
  const states = [x];
  for (let layer = firstLayer; layer < layers; layer++) {
    states.push(addLayer(member, { x: states.at(-1)!, lengths }, { ...shape, layer }));
  }
  return { states, lengths };
}

/**
 * The encoder as a model of its own. Inputs: `features` [batch, frames, mels], or [batch, frames,
 * width] with a `firstLayer`, and `lengths` [batch], both in frames; outputs: every hidden state that
 * {@link addWhisperEncoder} gives, and the frames of each clip.
 *
 * @param shape.mels columns of a log-mel frame. Default: 80, as all but the newest large have
 * @param shape.seed of the initial weights
 * @throws SerError `INVALID_ARGUMENT` for a shape that no encoder has
 * @example
 * const tiny = buildWhisperEncoder({ width: 384, heads: 6, layers: 3, seed: 0 });
 * setWhisperWeights(tiny, weights);
 */
export function buildWhisperEncoder(
  shape: WhisperShape & { mels?: number; seed: number },
): LayersModel {
  const columns = shape.firstLayer === undefined ? (shape.mels ?? 80) : shape.width;
  const features = tf.input({ shape: [null, columns], name: 'features' });
  const lengths = tf.input({ shape: [], dtype: 'int32', name: 'lengths' });
  const random = createRandom(shape.seed);
  const member = new MemberBuilder({ prefix: '', dropoutRate: 0, random });
  const encoded = addWhisperEncoder(member, { x: features, lengths }, shape);
  const outputs = [...encoded.states, encoded.lengths];
  return tf.model({ inputs: [features, lengths], outputs, name: 'encoder' });
}

function addStem(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  width: number,
): SymbolicSequence {
  const addConvolution = (name: string, stride: number): void => {
    const config = { channels: width, kernelSize: 3, stride };
    x = member.add(
      encoderPrefix + name,
      [x, lengths],
      (identity) => new MaskedConvolution({ ...identity, ...config }),
    );
    x = addGelu(member, `${name}.gelu`, x);
  };
  addConvolution('conv1', 1);
  addConvolution('conv2', 2);
  const halve = ({ name }: { name: string }) => new StridedLengths({ name, stride: 2 });
  return {
    x: member.add(`${encoderPrefix}positions`, x, (identity) => new WhisperPositions(identity)),
    lengths: member.add(`${encoderPrefix}frames`, lengths, halve),
  };
}

function addLayer(
  member: MemberBuilder,
  { x: input, lengths }: SymbolicSequence,
  { width, heads, lora, layer, innerWidth = 4 * width }: WhisperShape & { layer: number },
): SymbolicTensor {
  const prefix = `${encoderPrefix}layers.${layer}.`;
  const { projections = 'query-value', ...lowRank } = lora ?? {};
  const isAdapted = (name: string): boolean =>
    projections === 'all' || name === 'self_attn.q_proj' || name === 'self_attn.v_proj';
  const project = (name: string, x: SymbolicTensor, units = width): SymbolicTensor =>
    member.add(
      prefix + name,
      x,
      (identity) =>
        new Projection({
          ...{ ...identity, units, hasBias: name !== 'self_attn.k_proj' },
          lowRank: lora && isAdapted(name) ? (lowRank as LowRankSettings) : null,
        }),
    );

  let x = member.addNormalisation(`${prefix}self_attn_layer_norm`, input);
  const projected = ['q_proj', 'k_proj', 'v_proj'].map((name) => project(`self_attn.${name}`, x));
  const attend = ({ name }: { name: string }) => new HeadAttention({ name, heads });
  x = member.add(`${prefix}self_attn`, [...projected, lengths], attend);
  x = project('self_attn.out_proj', x);
  const attended = member.addSum(`${prefix}self_attn.sum`, [input, x]);

  x = member.addNormalisation(`${prefix}final_layer_norm`, attended);
  x = addGelu(member, `layers.${layer}.gelu`, project('fc1', x, innerWidth));
  return member.addSum(`${prefix}sum`, [attended, project('fc2', x)]);
}

function addGelu(member: MemberBuilder, name: string, x: SymbolicTensor): SymbolicTensor {
  return member.add(encoderPrefix + name, x, (identity) => new Gelu(identity));
}

function assertShape({ width, heads, layers, firstLayer = 0, lora }: WhisperShape): void {
  const fail = (problem: string) => {
    throw new SerError('INVALID_ARGUMENT', `${problem}.`);
  };
  const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
  if (!isCount(heads)) fail(`heads is ${heads}; it must be a whole number from 1`);
  if (!isCount(width) || width % 2 > 0 || width % heads > 0 || width < 4) {
    fail(`width is ${width}; it must be even, at least 4 and a multiple of the ${heads} heads`);
  }
  if (!isCount(layers)) fail(`layers is ${layers}; it must be a whole number from 1`);
  if (!Number.isInteger(firstLayer) || firstLayer < 0 || firstLayer >= layers) {
    fail(`firstLayer is ${firstLayer}; it must be a whole number from 0 to ${layers - 1}`);
  }
  if (!lora) return;
  if (!isCount(lora.rank) || lora.rank > width) {
    fail(`lora.rank is ${lora.rank}; it must be a whole number from 1 to the width of ${width}`);
  }
  if (!(lora.alpha > 0)) fail(`lora.alpha is ${lora.alpha}; it must be above 0`);
}
