import type { Tensor } from '@tensorflow/tfjs-node';
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
  inputs: readonly Tensor[],
  outputs: number,
): Tensor[] {
  const { binding } = backend();
  return binding
    .executeOp(name, attributes, backend().getInputTensorIds([...inputs]), outputs)
    .map((metadata) => backend().createOutputTensor(metadata));
}

/**
 * Many small kernels in a row on the addon's own tensor handles, without a tfjs tensor for each
 * result. Everything made in it is freed by {@link HandleScope.dispose}.
 */
export class HandleScope {
  readonly #backend = backend();
  readonly #made: number[] = [];

  /** Handles of tensors; they stay the tensors' own. */
  borrow(tensors: readonly Tensor[]): number[] {
    return this.#backend.getInputTensorIds([...tensors]);
  }

  /** The handle of an int64 scalar, which tfjs has no tensor for. */
  addInt64(value: number): number {
    const [id] = this.#backend.getInputTensorIds([new Int64Scalar(value)]);
    this.#made.push(id!);
    return id!;
  }

  /** Runs a kernel and returns the handles of its results. */
  run(name: string, attributes: KernelAttribute[], inputs: number[], outputs: number): number[] {
    const ids = this.#backend.binding
      .executeOp(name, attributes, inputs, outputs)
      .map(({ id }) => id);
    this.#made.push(...ids);
    return ids;
  }

  /** Runs a kernel whose results leave the scope as tensors. */
  runToTensors(
    name: string,
    attributes: KernelAttribute[],
    inputs: number[],
    outputs: number,
  ): Tensor[] {
    return this.#backend.binding
      .executeOp(name, attributes, inputs, outputs)
      .map((metadata) => this.#backend.createOutputTensor(metadata));
  }

  /** Frees what was made. */
  dispose(): void {
    for (const id of this.#made) this.#backend.binding.deleteTensor(id);
    this.#made.length = 0;
  }
}
