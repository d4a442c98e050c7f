import { SerError } from '@ser/dsp-wasm';
import {
  addFrameMask,
  addFrameNumbers,
  elementType,
  GraphBuilder,
  LayerGraph,
  type OnnxValue,
} from '@ser/onnx';
import { encoderFrames, nameState } from '../compose-model.ts';
import { encodeEncoder } from '../encode-encoder.ts';
import { addEncoderLayer } from './encoder-layer.ts';
import { addGelu } from './gelu.ts';
import { addPositions } from './positions.ts';
import type { WhisperWeights } from './whisper-weights.ts';

/** What is said of an encoder that its weights do not tell. */
export interface EncoderDescription {
  /** As it is named on the command line and in recipes, such as `whisper-tiny.en`. */
  name: string;
  /** Of the weights. */
  licence: string;
  /** Languages that it was trained on, as IETF tags, or `multilingual`. */
  languages: string[];
  /** Where the weights came from. */
  source: string;
}

/** Settings of {@link buildWhisperEncoder}. */
export interface WhisperOptions extends EncoderDescription {
  /** Layers to keep, from the first. Default: all. */
  layers?: number | undefined;
  /** Hidden states to give; 0 is what enters the first layer. Default: all up to `layers`. */
  states?: readonly number[] | undefined;
}

/** Seconds of zeros that the front end puts behind a clip, which helps the clip's last frames. */
const padEndSec = 0.5;
const frameRateHz = 50;

/**
 * Returns an encoder file of Whisper's first layers, cut to the clip: it takes as many log-mel frames
 * as the clip has, not 30 seconds of them. Inputs: `features` float32 [batch, frames, bands], what
 * Whisper's front end gives, and `lengths` int32 [batch]. Outputs: `encoder/state_<i>` float32 [batch,
 * ceil(frames / 2), width], the hidden state behind layer i and before any last normalisation, and
 * `encoder/frames` int32 [batch], how many of them are the clip's own: without those of the zeros
 * behind it, at least 1.
 *
 * The network is that of Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision
 * (2022), section 2.2.
 *
 * @throws SerError `INVALID_ARGUMENT` for layers that the weights lack; `ENCODER_INVALID` for weights
 *   that are missing or of another shape, and for a description that no encoder file may have.
 *
 * @example
 * const weights = readWhisperSafetensors(await readFile('model.safetensors'));
 * const about = { name: 'my-whisper', licence: 'MIT', languages: ['en'], source: 'my own' };
 * await writeFile('my-whisper.onnx', buildWhisperEncoder(weights, { ...about, states: [1, 2, 3] }));
 */
export function buildWhisperEncoder(
  weights: WhisperWeights,
  { layers, states, ...about }: WhisperOptions,
): Uint8Array {
  const kept = checkStates(weights.layers, layers, states);
  const { width, bands } = weights;
  const graph = new GraphBuilder();
  const { x, ownFrames } = addFirstState(new LayerGraph(graph, 'encoder/input'), weights);
  const mask = addKeyMask(new LayerGraph(graph, 'encoder/keys'), x, ownFrames);
  let state = x;
  for (let layer = 1; layer <= kept.at(-1)!; layer++) {
    state = addEncoderLayer(graph, { weights, layer, x: state, mask });
  }
  const outputs: OnnxValue[] = kept.map((at) => ({
    ...{ name: nameState(at), type: 'float32' },
    shape: ['batch', 'encoder_frames', width],
  }));
  return encodeEncoder({
    graph,
    inputs: [
      { name: 'features', type: 'float32', shape: ['batch', 'frames', bands] },
      { name: 'lengths', type: 'int32', shape: ['batch'] },
    ],
    outputs: [...outputs, { name: encoderFrames, type: 'int32', shape: ['batch'] }],
    manifest: {
      ...{ formatVersion: 1, ...about, family: 'whisper', width, layers: kept, frameRateHz },
      maxFrames: 2 * weights.positions,
      frontEnd: {
        kind: 'features',
        features: {
          ...{ sampleRateHz: 16_000, fftLength: 400, hopLength: 160 },
          ...{ padMode: 'reflect', dropLastFrame: true },
          sets: ['mel'],
          mel: { bands, fMaxHz: 8000, unit: 'whisper' },
        },
        trim: { topDb: 40, frameLength: 1024, hopLength: 256 },
        levelDb: -20,
        padEndSec,
      },
      batching: 'padded',
    },
  });
}

function checkStates(
  available: number,
  layers = available,
  states: readonly number[] = Array.from({ length: layers + 1 }, (_, at) => at),
): number[] {
  if (!Number.isInteger(layers) || layers < 0 || layers > available) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `layers is ${layers}; the weights have ${available} layers.`,
    );
  }
  const kept = [...new Set(states)].sort((a, b) => a - b);
  if (kept.length === 0 || !kept.every((at) => Number.isInteger(at) && at >= 0 && at <= layers)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `states is [${states}]; whole numbers from 0 to ${layers} are allowed, at least one.`,
    );
  }
  return kept;
}

/**
 * Adds what enters the first layer, and the numbers of frames. What lies behind a clip is zero before
 * each convolution, as the edge of a clip alone is.
 */
function addFirstState(
  part: LayerGraph,
  { width, bands, read }: WhisperWeights,
): { x: string; ownFrames: string } {
  const mask = addFrameMask(part, 'features', 'lengths');
  const masked = part.node('Mul', ['features', mask], 'masked');
  const turned = { perm: [0, 2, 1] };
  const convolve = (x: string, name: string, inner: number, stride: number): string => {
    const kernel = part.floats(
      `${name}/weight`,
      [width, inner, 3],
      read(`${name}.weight`, [width, inner, 3]),
    );
    const bias = part.floats(`${name}/bias`, [width], read(`${name}.bias`, [width]));
    const sum = part.node('Conv', [x, kernel, bias], name, {
      ...{ kernel_shape: [3], pads: [1, 1], strides: [stride] },
    });
    return addGelu(part, sum, `${name}/gelu`);
  };
  const columns = part.node('Transpose', [masked], 'columns', turned);
  const first = convolve(columns, 'conv1', bands, 1);
  const columnMask = part.node('Transpose', [mask], 'column_mask', turned);
  const firstMasked = part.node('Mul', [first, columnMask], 'conv1/masked');
  const second = convolve(firstMasked, 'conv2', width, 2);
  const rows = part.node('Transpose', [second], 'rows', turned);
  const float = { to: elementType.float32 };
  const numbers = part.node('Cast', [addFrameNumbers(part, rows, 'row')], 'row/float', float);
  const column = part.node('Unsqueeze', [numbers, part.integers('row/axis', [1])], 'row');
  const positions = addPositions(new LayerGraph(part.graph, 'encoder/positions'), column, width);
  return {
    x: part.graph.addNode('Add', [rows, positions], nameState(0)),
    ownFrames: addFrameCounts(part),
  };
}

/** Adds {@link encoderFrames}; returns the name of the frames with those of the zeros behind the clip. */
function addFrameCounts(part: LayerGraph): string {
  const one = part.integer('one', 1);
  const long = part.node('Cast', ['lengths'], 'lengths', { to: elementType.int64 });
  const more = part.node('Add', [long, one], 'lengths/more');
  const halves = part.node('Div', [more, part.integer('two', 2)], 'frames/long');
  const padding = part.integer('padding', padEndSec * frameRateHz);
  const own = part.node('Sub', [halves, padding], 'frames/own');
  const some = part.node('Max', [own, one], 'frames/some');
  part.graph.addNode('Cast', [some], encoderFrames, { to: elementType.int32 });
  return part.node('Cast', [halves], 'frames', { to: elementType.int32 });
}

/** 0 for the frames that attention may look at, and a large negative number for those behind a clip. */
function addKeyMask(part: LayerGraph, x: string, frames: string): string {
  const mask = addFrameMask(part, x, frames);
  const shape = part.integers('shape', [0, 1, 1, -1]);
  const across = part.node('Reshape', [mask, shape], 'across');
  const outside = part.node('Sub', [across, part.float('one', 1)], 'outside');
  return part.output('Mul', [outside, part.float('far', 1e9)]);
}
