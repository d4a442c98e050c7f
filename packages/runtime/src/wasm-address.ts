import { SerError } from '@ser/dsp-wasm';
import { shorten } from './core/name-source.ts';

const magic = [0x00, 0x61, 0x73, 0x6d];

/** What is under way, by address: models that open at the same time fetch it once. */
const fetching = new Map<string, Promise<ArrayBuffer>>();

/**
 * Fetches onnxruntime's WebAssembly, and looks at it before the library does: that never tries again
 * after it has failed, and says nothing of the address.
 *
 * @param option that names the address
 * @throws SerError `RUNTIME_UNAVAILABLE` naming both
 */
export function fetchWasm(option: string, url: string | URL): Promise<ArrayBuffer> {
  const address = String(url);
  const started = fetching.get(address);
  if (started) return started;
  const bytes = fetchChecked(option, address).finally(() => fetching.delete(address));
  fetching.set(address, bytes);
  return bytes;
}

async function fetchChecked(option: string, address: string): Promise<ArrayBuffer> {
  const refuse = (why: string, cause?: unknown) =>
    new SerError(
      'RUNTIME_UNAVAILABLE',
      `${option} is ${shorten(address)}, ${why}; it must be the address of onnxruntime-web's .wasm file.`,
      { cause },
    );
  let bytes: ArrayBuffer;
  try {
    const response = await fetch(address);
    bytes = await response.arrayBuffer();
    if (!response.ok) throw refuse(`which is answered with status ${response.status}`);
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw refuse('which cannot be reached', cause);
  }
  const start = new Uint8Array(bytes, 0, Math.min(magic.length, bytes.byteLength));
  if (magic.every((byte, at) => start[at] === byte)) return bytes;
  throw refuse('where something else than WebAssembly lies');
}
