import { SerError } from '@ser/dsp-wasm';
import type { FrontEndConfig, Manifest } from './manifest.ts';

/** An input or output of a model's graph; a dimension that is a text is dynamic. */
export interface GraphValue {
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

/** A batch of feature matrices or waveforms, padded with zeros to the longest, or of embeddings. */
export interface FeatureBatch {
  /** The graph's input that takes them. */
  input: FrontEndConfig['kind'] | 'embedding';
  /** Row-major. */
  values: Float32Array;
  /** [batch, frames, features]; [batch, samples] of a waveform; [batch, n] of embeddings. */
  shape: readonly number[];
  /** Frames or samples of each before padding; none of embeddings. */
  lengths?: Int32Array;
}

/** What a model gives a row of for each clip; `embedding` where its manifest has an encoder. */
export type ModelOutput = 'probabilities' | 'embedding';

/** What a model computes on. */
export interface Device {
  kind: 'cpu' | 'wasm' | 'webgpu';
  /** Why it is not what was wanted, or null. */
  fallbackReason: string | null;
}

/** What the classifier needs of an inference library. Each entry point brings its own. */
export interface InferenceSession {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly device: Device;
  /** Returns one output, row-major [batch, classes] or [batch, values of the embedding]. */
  run(batch: FeatureBatch, output: ModelOutput): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Opens a session on the bytes of an ONNX file. */
export type OpenSession = (model: Uint8Array) => Promise<InferenceSession>;

/** An extent that may be fixed or dynamic. */
const anySize = 'any';

/**
 * Throws unless the graph takes and gives what the model file's contract says.
 *
 * @throws SerError `MODEL_INVALID` naming the input or output.
 */
export function checkGraph(
  session: InferenceSession,
  manifest: Manifest,
  featureCount: number,
): void {
  const { kind } = manifest.frontEnd;
  const shape = kind === 'waveform' ? ['batch', 'samples'] : ['batch', 'frames', featureCount];
  checkValues('input', session.inputs, [
    { name: kind, type: 'float32', shape },
    { name: 'lengths', type: 'int32', shape: ['batch'] },
  ]);
  const probabilities = {
    name: 'probabilities',
    type: 'float32',
    shape: ['batch', manifest.labels.length],
  };
  const embedding = { name: 'embedding', type: 'float32', shape: ['batch', anySize] };
  checkValues(
    'output',
    session.outputs,
    manifest.encoder ? [probabilities, embedding] : [probabilities],
  );
}

function checkValues(
  kind: 'input' | 'output',
  found: readonly GraphValue[],
  expected: readonly GraphValue[],
): void {
  for (const value of expected) {
    const match = found.find(({ name }) => name === value.name);
    const isSame =
      match?.type === value.type &&
      match.shape.length === value.shape.length &&
      value.shape.every((extent, axis) =>
        typeof extent === 'number'
          ? match.shape[axis] === extent
          : extent === anySize || isDynamic(match.shape[axis]),
      );
    if (!isSame) {
      throw new SerError(
        'MODEL_INVALID',
        `The model's ${kind} '${value.name}' is ${match ? describe(match) : 'missing'}; its manifest asks for ${describe(value)}.`,
      );
    }
  }
  const surplus = found.find(({ name }) => !expected.some((value) => value.name === name));
  if (kind === 'input' && surplus) {
    throw new SerError(
      'MODEL_INVALID',
      `The model has an input '${surplus.name}' that is not known.`,
    );
  }
}

function isDynamic(extent: number | string | undefined): boolean {
  return typeof extent !== 'number' || extent < 0;
}

function describe({ type, shape }: GraphValue): string {
  return `${type} [${shape.join(', ')}]`;
}
