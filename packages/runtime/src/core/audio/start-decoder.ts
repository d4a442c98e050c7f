import { SerError } from '@ser/dsp-wasm';

/**
 * Waits for a WebAssembly decoder.
 *
 * @throws SerError `RUNTIME_UNAVAILABLE` where WebAssembly is blocked or there is no memory for it.
 */
export async function startDecoder(format: string, ready: Promise<void>): Promise<void> {
  try {
    await ready;
  } catch (cause) {
    throw new SerError('RUNTIME_UNAVAILABLE', `The ${format} decoder cannot start: ${cause}.`, {
      cause,
    });
  }
}
