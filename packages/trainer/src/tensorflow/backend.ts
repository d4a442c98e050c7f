import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-node';
import { Int64Scalar, tf } from './tf.ts';

/** An attribute of a TensorFlow kernel, in the form that tfjs-node's addon takes. */
export interface KernelAttribute {
  name: string;
  type: number;
  value: unknown;
}

interface OutputMetadata {
  id: number;
}

/** The part of tfjs-node's backend used here; it has no public type, and 4.22 is pinned. */
interface NodeBackend {
  readonly binding: Record<string, number> & {
    executeOp(
      name: string,
      attributes: KernelAttribute[],
      ids: number[],
      outputs: number,
    ): OutputMetadata[];
    deleteTensor(id: number): void;
  };
  getInputTensorIds(inputs: unknown[]): number[];
  createOutputTensor(metadata: OutputMetadata): Tensor;
}

function backend(): NodeBackend {
  return tf.backend() as unknown as NodeBackend;
}

/** The attribute that names an element type. */
export function typeAttribute(name: string, dtype: 'float' | 'int32'): KernelAttribute {
  const { binding } = backend();
  const value = dtype === 'float' ? binding.TF_FLOAT : binding.TF_INT32;
  return { name, type: binding.TF_ATTR_TYPE!, value };
}

/** An attribute that holds a number or a truth value. */
export function attribute(
  name: string,
  kind: 'FLOAT' | 'BOOL' | 'INT',
  value: number | boolean,
): KernelAttribute {
  return { name, type: backend().binding[`TF_ATTR_${kind}`]!, value };
}

/** Runs a TensorFlow kernel that tfjs has no operation for. */
export function executeKernel(
  name: string,
  attributes: KernelAttribute[],
  inputs: readonly (Tensor | Int64Scalar)[],
  outputs: number,
): Tensor[] {
  const { binding } = backend();
  const ids = backend().getInputTensorIds([...inputs]);
  try {
    return binding
      .executeOp(name, attributes, ids, outputs)
      .map((metadata) => backend().createOutputTensor(metadata));
  } finally {
    // These handles are made for the call, and nobody else frees them.
    inputs.forEach((input, at) => {
      if (input instanceof Int64Scalar) binding.deleteTensor(ids[at]!);
    });
  }
}

/**
 * Runs a kernel of `tf.registerKernel` and returns its first `outputs` outputs; what else it gives is
 * for its gradient alone, which gets the gradients of those few. Left to itself tfjs records every
 * output, and makes an array of zeros for each that the loss does not hang on: of an LSTM's gates and
 * cells 25 MB a step, which kept the garbage collector busy for a third of a training.
 */
export function runRegistered(
  kernelName: string,
  inputs: NamedTensorMap,
  outputs: number,
): Tensor[] {
  const engine = tf.engine();
  const results = engine.runKernel(kernelName, inputs) as unknown as Tensor[];
  if (engine.isTapeOn()) engine.state.activeTape.at(-1)!.outputs.length = outputs;
  return results.slice(0, outputs);
}
