import { expect, it } from 'vitest';
import { encodeNpy } from '../src/npy.ts';

it('writes version 1.0: a header of whole 64 bytes, then the values row by row', () => {
  const bytes = Buffer.from(encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
  expect(bytes.toString('latin1', 0, 8)).toBe('\x93NUMPY\x01\x00');
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = bytes.toString('latin1', 10, start);
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/);
  expect(bytes.length).toBe(start + 24);
  expect(bytes.readFloatLE(start + 4 * 4)).toBe(5);
});
