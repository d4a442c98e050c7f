import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SerError } from '@ser/dsp-wasm';
import { describe, expect, it } from 'vitest';
import {
  createFloats,
  decodeModel,
  encodeModel,
  readFloats,
  readIntegerValues,
  readMetadata,
  replaceMetadata,
} from '../src/index.ts';

const read = (path: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(path, import.meta.url))));

/** Written by Python's onnx, see make_foreign.py beside it. */
const foreign = read('fixtures/foreign.onnx');
const shipped = read('../../../models/small.onnx');

describe("a file of Python's onnx", () => {
  const model = decodeModel(foreign);

  it('is read with its operators, domains and dimensions', () => {
    expect(model).toMatchObject({ irVersion: 8, opsets: { '': 17, 'com.example': 2 } });
    expect(model.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', 4] }]);
    expect(model.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['batch', 2] }]);
    expect(model.metadata).toEqual({ note: 'tiny' });
    expect(model.nodes.map(({ operator, domain }) => [operator, domain])).toEqual([
      ['Constant', undefined],
      ['Gemm', undefined],
      ['Own', 'com.example'],
    ]);
  });

  it('is read with attributes of every kind', () => {
    const { attributes } = model.nodes[2]!;
    expect(attributes).toMatchObject({
      whole: -3,
      text: 'a',
      list: [1, 2, 3],
      half: { float: 0.5 },
    });
    const tensor = (model.nodes[0]!.attributes!.value as { tensor: { name: string } }).tensor;
    expect(readFloats(tensor as never)).toEqual(Float32Array.of(10, 20));
  });

  it('is read with constants in lists of their type as in raw bytes', () => {
    const [raw, listed, integers] = model.initialisers;
    expect([...readFloats(raw!)!]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...readFloats(listed!)!]).toEqual([0.5, -0.5]);
    expect(readIntegerValues(integers!)).toEqual([-1, 2 ** 40]);
  });

  it('survives being written and read again', () => {
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });
});

it('a shipped model survives it too, weights to the bit', () => {
  const model = decodeModel(shipped);
  const again = decodeModel(encodeModel(model));
  const bare = { initialisers: [] };
  expect({ ...again, ...bare }).toEqual({ ...model, ...bare });
  again.initialisers.forEach(({ data, ...tensor }, at) => {
    const { data: expected, ...other } = model.initialisers[at]!;
    expect(tensor).toEqual(other);
    expect(Buffer.compare(data, expected)).toBe(0);
  });
});

it('metadata is read and replaced without the graph', () => {
  const changed = replaceMetadata(foreign, { a: 'ä', b: '2' });
  expect(readMetadata(changed)).toEqual({ a: 'ä', b: '2' });
  expect(decodeModel(changed).nodes).toEqual(decodeModel(foreign).nodes);
});

describe('refuses', () => {
  const refuse = (bytes: Uint8Array, reason: RegExp) => {
    expect(() => decodeModel(bytes)).toThrow(SerError);
    expect(() => decodeModel(bytes)).toThrow(reason);
  };
  it('what is no ONNX file, or ends early', () => {
    refuse(new Uint8Array(), /no version or no graph/);
    refuse(new TextEncoder().encode('not a model'), /not an ONNX file/);
    for (const length of [3, 100, foreign.length - 1]) {
      expect(() => decodeModel(foreign.subarray(0, length))).toThrow(SerError);
    }
  });
  it('weights that lie in another file', () => {
    refuse(read('fixtures/external.onnx'), /lies in another file/);
  });
  it('a weight with other bytes than its shape asks for', () => {
    const model = decodeModel(foreign);
    const wrong = createFloats('w', [3, 3], new Float32Array(8));
    refuse(encodeModel({ ...model, initialisers: [wrong] }), /32 bytes for the shape \[3,3\]/);
  });
});
