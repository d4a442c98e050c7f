import { SerError } from '@ser/dsp-wasm';
import type { Manifest } from './manifest.ts';

/** An input or output of a model's graph; a dimension that is a text is dynamic. */
export interface GraphValue {
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

/** A batch of feature matrices, padded with zeros to the longest. */
export interface FeatureBatch {
  /** Row-major [batch, frames, features]. */
  features: Float32Array;
  /** Frames of each matrix before padding. */
  lengths: Int32Array;
  shape: readonly [batch: number, frames: number, features: number];
}

/** What the classifier needs of an inference library. Each entry point brings its own. */
export interface InferenceSession {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Returns probabilities, row-major [batch, classes]. */
  run(batch: FeatureBatch): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Opens a session on the bytes of an ONNX file. */
export type OpenSession = (model: Uint8Array) => Promise<InferenceSession>;

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
  checkValues('input', session.inputs, [
    { name: 'features', type: 'float32', shape: ['batch', 'frames', featureCount] },
    { name: 'lengths', type: 'int32', shape: ['batch'] },
  ]);
  checkValues('output', session.outputs, [
    { name: 'probabilities', type: 'float32', shape: ['batch', manifest.labels.length] },
  ]);
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
        typeof extent === 'number' ? match.shape[axis] === extent : isDynamic(match.shape[axis]),
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
