import { SerError } from '@ser/dsp-wasm';
import { shorten } from './core/name-source.ts';

const magic = [0x00, 0x61, 0x73, 0x6d];

/** What was found right; the library takes its WebAssembly once in a page's life. */
const checked = new Set<string>();

/**
 * Looks at the beginning of what an address holds before onnxruntime sees it: the library never tries
 * again after it has failed, and says nothing of the address. The rest of the answer is not read; the
 * library fetches it itself, since the browser compiles while it arrives.
 *
 * @param option that names the address
 * @throws SerError `RUNTIME_UNAVAILABLE` naming both
 */
export async function assertWasmAddress(option: string, url: string | URL): Promise<void> {
  const address = String(url);
  if (checked.has(option)) return;
  const refuse = (why: string, cause?: unknown) =>
    new SerError(
      'RUNTIME_UNAVAILABLE',
      `${option} is ${shorten(address)}, ${why}; it must be the address of onnxruntime-web's .wasm file.`,
      { cause },
    );
  let start: Uint8Array;
  try {
    const response = await fetch(address);
    if (!response.ok) {
      await response.body?.cancel();
      throw refuse(`which is answered with status ${response.status}`);
    }
    start = await readStart(response);
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw refuse('which cannot be reached', cause);
  }
  if (magic.some((byte, at) => start[at] !== byte)) {
    throw refuse('where something else than WebAssembly lies');
  }
  checked.add(option);
}

async function readStart({ body }: Response): Promise<Uint8Array> {
  const start: number[] = [];
  const reader = body?.getReader();
  while (reader && start.length < magic.length) {
    const { done, value } = await reader.read();
    if (done) break;
    start.push(...value.subarray(0, magic.length));
  }
  await reader?.cancel();
  return Uint8Array.from(start);
}
