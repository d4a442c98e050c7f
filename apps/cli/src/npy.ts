/**
 * Encodes a float32 matrix in NumPy's .npy format, version 1.0: magic text, header length (uint16,
 * little endian), a Python dict padded with spaces to a multiple of 64 bytes, the values row by row.
 */
export function encodeNpy(data: Float32Array, shape: readonly [number, number]): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const prefixBytes = 10;
  const headerBytes = Math.ceil((prefixBytes + description.length + 1) / 64) * 64;
  const header = Buffer.alloc(headerBytes, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(headerBytes - prefixBytes, 8);
  header.write(description, prefixBytes, 'latin1');
  header.write('\n', headerBytes - 1, 'latin1');
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
