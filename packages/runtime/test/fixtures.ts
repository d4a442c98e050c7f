import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { createCrc } from '../src/core/audio/bytes/crc.ts';
import { manifestKey, SerError } from '../src/core/index.ts';

/** Path of a file under test/fixtures. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

export function readFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

export function readJsonFixture<Value>(name: string): Value {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8')) as Value;
}

/** The tiny model's graph with another manifest; protobuf lets fields be appended. */
export function buildModel(manifest: string | object): Uint8Array {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  const writer = new BinaryWriter();
  writer.raw(readFixture('no-manifest.onnx'));
  writer.tag(14, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(manifestKey);
  writer.tag(2, WireType.LengthDelimited).string(text);
  return writer.join().finish();
}

/** The SerError that an action ends in; fails on success and on any other error. */
export async function catchSerError(action: () => unknown): Promise<SerError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SerError) return error;
    throw error;
  }
  throw new Error('An error was expected.');
}

/** A repeatable source of whole numbers from 0 to below `limit` (xorshift). */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A copy with a few bytes changed, and sometimes cut, doubled or grown. */
export function mutate(bytes: Uint8Array, random: (limit: number) => number): Uint8Array {
  let mutant = bytes.slice();
  const changes = 1 + random(8);
  const interesting = [0, 1, 0x7f, 0x80, 0xff];
  for (let change = 0; change < changes && mutant.length > 0; change++) {
    // Headers decide most, so half of the changes fall there.
    const place = random(2) === 0 ? random(Math.min(128, mutant.length)) : random(mutant.length);
    mutant[place] = random(2) === 0 ? interesting[random(interesting.length)]! : random(256);
  }
  if (random(8) === 0) mutant = mutant.slice(0, random(mutant.length + 1));
  return mutant;
}

/** Writes the right checksum into every page of an Ogg file, so that damage reaches the decoders. */
export function repairOggChecksums(bytes: Uint8Array): void {
  const crc32 = createCrc(32, 0x04c11db7);
  for (let start = 0; start + 27 <= bytes.length; ) {
    const segments = bytes.subarray(start + 27, start + 27 + bytes[start + 26]!);
    const end = Math.min(
      bytes.length,
      start + 27 + segments.length + segments.reduce((sum, size) => sum + size, 0),
    );
    bytes.fill(0, start + 22, start + 26);
    const view = new DataView(bytes.buffer, bytes.byteOffset + start);
    view.setUint32(22, crc32(bytes, start, end), true);
    start = end;
  }
}
