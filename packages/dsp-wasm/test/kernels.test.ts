import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../src/base64.ts';
import { compile, compileKernels } from '../src/kernels.ts';

describe('compileKernels', () => {
  it('compiles once', () => {
    expect(compileKernels()).toBe(compileKernels());
  });

  it('says what is missing where a module cannot be compiled', async () => {
    await expect(compile(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
      code: 'WASM_UNAVAILABLE',
      message: expect.stringContaining('WebAssembly with SIMD'),
    });
  });
});

describe('decodeBase64', () => {
  it.each([0, 1, 2, 3, 4, 255])('decodes %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 77 + 13) % 256);
    expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
  });
});
