/** Field numbers of onnx.proto3, message by message. */
export const modelField = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  graph: 7,
  opset: 8,
  metadata: 14,
  functions: 25,
} as const;

export const opsetField = { domain: 1, version: 2 } as const;
export const entryField = { key: 1, value: 2 } as const;
export const graphField = {
  node: 1,
  name: 2,
  initialiser: 5,
  input: 11,
  output: 12,
  sparseInitialiser: 15,
} as const;
export const nodeField = {
  input: 1,
  output: 2,
  name: 3,
  operator: 4,
  attribute: 5,
  domain: 7,
} as const;
export const attributeField = {
  name: 1,
  float: 2,
  integer: 3,
  text: 4,
  tensor: 5,
  graph: 6,
  integers: 8,
  kind: 20,
} as const;
/** `AttributeProto.AttributeType`. */
export const attributeKind = { float: 1, integer: 2, text: 3, tensor: 4, integers: 7 } as const;
export const tensorField = {
  shape: 1,
  type: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  externalData: 13,
  dataLocation: 14,
} as const;
export const valueField = { name: 1, type: 2 } as const;
export const typeField = { tensor: 1 } as const;
export const tensorTypeField = { element: 1, shape: 2 } as const;
export const shapeField = { dimension: 1 } as const;
export const dimensionField = { value: 1, parameter: 2 } as const;
