import { z } from 'zod';
import { readModelBin } from '../model-bin.ts';
import { readSafetensors } from '../safetensors.ts';
import { refuseEncoder, type Weights, type WeightTensor } from '../weights.ts';
import { listPositions } from './positions.ts';

/** The weights of Whisper's encoder and what they say of its size. */
export interface WhisperWeights {
  /** Numbers of a frame. */
  width: number;
  /** Heads of the attention. */
  heads: number;
  layers: number;
  /** Mel bands that it takes. */
  bands: number;
  /** Frames of its hidden states at most. */
  positions: number;
  /** Numbers between a layer's two linear layers. */
  innerWidth: number;
  /**
   * The values of a tensor by its name in `transformers`' WhisperEncoder, such as `conv1.weight`.
   *
   * @throws SerError `ENCODER_INVALID` where it is missing or has another shape.
   */
  read(name: string, shape: readonly number[]): Float32Array;
}

/** Of every Whisper that OpenAI published. */
const headWidth = 64;
const publishedPositions = 1500;
/** Positions are exact up to there. */
const mostPositions = 8192;

const prefixes = ['model.encoder.', 'encoder.', ''];
const configSchema = z.object({ encoder_attention_heads: z.int().positive() });

/**
 * Reads the weights of Whisper's encoder from a safetensors file with `transformers`' names, of a
 * whole model or of the encoder alone.
 *
 * @param config the model's `config.json`, parsed. Without it, the number of heads is that in the
 *   file's metadata (`heads`), else that of OpenAI's models: one for 64 numbers of a frame.
 * @throws SerError `ENCODER_INVALID` for a file of something else, or one that lacks weights.
 */
export function readWhisperSafetensors(bytes: Uint8Array, config?: unknown): WhisperWeights {
  const { tensors, metadata } = readSafetensors(bytes);
  const prefix = prefixes.find((text) => tensors.has(`${text}conv1.weight`)) ?? '';
  const parsed = configSchema.safeParse(config);
  if (config !== undefined && !parsed.success) {
    refuseEncoder("The config.json is not a Whisper's: it lacks encoder_attention_heads.");
  }
  const heads = parsed.data?.encoder_attention_heads ?? Number(metadata.get('heads') ?? Number.NaN);
  return describe((name) => tensors.get(prefix + name), Number.isNaN(heads) ? undefined : heads);
}

/**
 * Reads the weights of Whisper's encoder from a faster-whisper folder's `model.bin`.
 *
 * @throws SerError `ENCODER_INVALID` for a file of something else, or one that lacks weights.
 */
export function readWhisperModelBin(bytes: Uint8Array): WhisperWeights {
  const { spec, tensors } = readModelBin(bytes);
  if (spec !== 'WhisperSpec') refuseEncoder(`The model.bin is a ${spec}, not a Whisper.`);
  const heads = tensors.get('encoder/num_heads')?.read()[0];
  return describe((name) => findInModelBin(tensors, name), heads);
}

const outerNames = new Map([
  ['embed_positions.weight', 'position_encodings/encodings'],
  ['self_attn.out_proj', 'self_attention/linear_1'],
  ['self_attn_layer_norm', 'self_attention/layer_norm'],
  ['fc1', 'ffn/linear_0'],
  ['fc2', 'ffn/linear_1'],
  ['final_layer_norm', 'ffn/layer_norm'],
]);

/** The tensor of a model.bin that `transformers` calls `name`: queries, keys and values are one there. */
function findInModelBin(tensors: Weights, name: string): WeightTensor | undefined {
  const [, layer, part, kind] = /^layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  if (!part) return tensors.get(`encoder/${outerNames.get(name) ?? name.replace('.', '/')}`);
  const scope = `encoder/layer_${layer}`;
  const third = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'].indexOf(part);
  if (third >= 0) {
    const together = tensors.get(`${scope}/self_attention/linear_0/${kind}`);
    return together && takeThird(together, third);
  }
  const norm = kind === 'weight' ? 'gamma' : 'beta';
  const leaf = part.endsWith('layer_norm') ? norm : kind;
  return tensors.get(`${scope}/${outerNames.get(part)}/${leaf}`);
}

function takeThird(
  { shape: [rows = 0, ...rest], read }: WeightTensor,
  third: number,
): WeightTensor {
  return {
    shape: [rows / 3, ...rest],
    read: () => {
      const values = read();
      return values.subarray((values.length / 3) * third, (values.length / 3) * (third + 1));
    },
  };
}

function describe(
  find: (name: string) => WeightTensor | undefined,
  givenHeads: number | undefined,
): WhisperWeights {
  const read = (name: string, shape: readonly number[]): Float32Array => {
    const tensor = find(name);
    if (!tensor) return refuseEncoder(`The weights of Whisper's encoder lack ${name}.`);
    if (tensor.shape.join() !== shape.join()) {
      refuseEncoder(
        `The weights' ${name} has the shape [${tensor.shape}]; Whisper's encoder needs [${shape}].`,
      );
    }
    return tensor.read();
  };
  const [width = 0, bands = 0] = find('conv1.weight')?.shape ?? [];
  if (width < 4 || width % 2 !== 0 || bands < 1) {
    refuseEncoder("The file holds no weights of Whisper's encoder: conv1.weight is missing.");
  }
  const heads = givenHeads ?? width / headWidth;
  if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0) {
    refuseEncoder(`The encoder has ${heads} heads for ${width} numbers of a frame.`);
  }
  let layers = 0;
  while (find(`layers.${layers}.fc1.weight`)) layers++;
  const positions = find('embed_positions.weight')?.shape[0] ?? publishedPositions;
  if (positions < 1 || positions > mostPositions) {
    refuseEncoder(
      `The encoder has ${positions} positions; from 1 to ${mostPositions} are allowed.`,
    );
  }
  if (find('embed_positions.weight')) {
    assertSinusoid(read('embed_positions.weight', [positions, width]), width);
  }
  const innerWidth = find('layers.0.fc1.weight')?.shape[0] ?? 0;
  return { width, heads, layers, bands, positions, innerWidth, read };
}

/** Files hold the sinusoid rounded, often to 16 bits; anything else would be ignored silently. */
function assertSinusoid(found: Float32Array, width: number): void {
  const expected = listPositions(found.length / width, width);
  if (found.every((value, at) => Math.abs(value - expected[at]!) < 5e-3)) return;
  refuseEncoder('The encoder has positions of its own; those of Whisper are a fixed sinusoid.');
}
