/** ONNX element types by name (`TensorProto.DataType`). */
export const elementType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
} as const;

/** The name of an element type. */
export type ElementType = keyof typeof elementType;

/** A constant of a graph. */
export interface OnnxTensor {
  name: string;
  type: ElementType;
  shape: readonly number[];
  /** Its values as they lie in a file: little-endian, row-major; of int4 and uint4 two a byte. */
  data: Uint8Array;
}

/** An input or output of a graph; a dimension that is a text is dynamic. */
export interface OnnxValue {
  name: string;
  type: ElementType;
  shape: readonly (number | string)[];
}

/**
 * The value of a node's attribute: an integer, a text, a list of integers, a float, a tensor; of any
 * other kind the bytes of its message without its name, which are written as they were read.
 */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { tensor: OnnxTensor }
  | { message: Uint8Array };

/** One operation of a graph. An input or output named '' is left out. */
export interface OnnxNode {
  operator: string;
  /** Domain of the operator; absent: ONNX's own. */
  domain?: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A whole model. */
export interface OnnxModel {
  irVersion: number;
  /** Version of the operators of each domain; that of ONNX itself is ''. */
  opsets: Readonly<Record<string, number>>;
  producerName: string;
  producerVersion: string;
  graphName: string;
  /** Sorted: what is used stands before its use. */
  nodes: readonly OnnxNode[];
  initialisers: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  metadata: Readonly<Record<string, string>>;
}
