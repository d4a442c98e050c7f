import { SerError } from '@ser/dsp-wasm';
import { EndOfBits } from '../bit-reader.ts';
import { decodeFailure } from '../decode-failure.ts';
import type { Decoding } from '../decoding.ts';
import { MonoBuffer } from '../mono-buffer.ts';
import type { OggPacket } from '../ogg/read-packets.ts';
import { BlockDecoder } from './block-decoder.ts';
import { readIdentification, readModes } from './setup.ts';

/**
 * Decodes Vorbis I in Ogg.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_EMPTY`, `AUDIO_UNSUPPORTED` or `AUDIO_TOO_LONG`.
 */
export function* decodeVorbis(
  identification: Uint8Array,
  packets: Iterator<OggPacket>,
  maxDurationSec: number,
): Decoding {
  const stream = readIdentification(identification);
  const mono = new MonoBuffer(stream.sampleRateHz, maxDurationSec);
  packets.next(); // The comment header.
  const decoder = createDecoder(stream, packets.next().value?.bytes);
  let start: number | undefined;
  let end = Infinity;
  for (let next = packets.next(); !next.done; next = packets.next()) {
    // The first page's count tells where the stream starts, unless that page is also the last.
    if (end < Infinity) start ??= mono.length - end;
    mono.append(decoder.decode(next.value.bytes));
    end = next.value.granule ?? end;
    yield;
  }
  start ??= 0;
  mono.keep(Math.max(0, start), end + start);
  if (mono.length === 0) throw new SerError('AUDIO_EMPTY', 'The Vorbis file holds no samples.');
  return mono.finish();
}

function createDecoder(
  stream: ReturnType<typeof readIdentification>,
  setup: Uint8Array | undefined,
): BlockDecoder {
  try {
    return new BlockDecoder(stream, readModes(setup ?? new Uint8Array(), stream));
  } catch (cause) {
    if (!(cause instanceof EndOfBits)) throw cause;
    throw decodeFailure('Vorbis', 'its setup ends early', cause);
  }
}
