import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What a visitor downloads, in bytes: as it is, and as servers send it. */
export interface DownloadSize {
  what: string;
  raw: number;
  gzip: number;
  brotli: number;
}

/** Sizes of model variants, of the inference library and of this project's code in a page. */
export function listSizes(models: Readonly<Record<string, Uint8Array>>): DownloadSize[] {
  const runtime = dirname(fileURLToPath(import.meta.resolve('@ser/runtime')));
  const require = createRequire(join(runtime, 'node.js'));
  const chunks = join(runtime, 'standalone/chunks');
  const read = (isWanted: (name: string) => boolean) =>
    Buffer.concat(
      readdirSync(chunks)
        .filter(isWanted)
        .map((name) => readFileSync(join(chunks, name))),
    );
  const decoders = ['flac', 'mp3', 'ogg', 'opus', 'vorbis', 'wav'].map((name) => ({
    what: `decoder of ${name.toUpperCase()}`,
    bytes: read((file) => file.startsWith(`decode-${name}`)),
  }));
  const parts = [
    ...Object.entries(models).map(([what, bytes]) => ({ what, bytes: Buffer.from(bytes) })),
    {
      what: "onnxruntime's WebAssembly",
      bytes: readFileSync(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
    },
    { what: "onnxruntime's JavaScript", bytes: read((file) => file.startsWith('ort.')) },
    { what: 'the runtime, MP3 decoder included', bytes: read((file) => file.startsWith('chunk-')) },
    ...decoders,
    {
      what: 'the speech detector',
      bytes: readFileSync(require.resolve('@ser/runtime/speech.onnx')),
    },
  ];
  return parts.map(({ what, bytes }) => ({
    what,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length,
  }));
}
