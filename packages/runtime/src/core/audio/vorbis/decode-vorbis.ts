import type { DecodedAudio } from '../audio-stream.ts';
import { EndOfBits } from '../bit-reader.ts';
import { decodeFailure } from '../decode-failure.ts';
import { MonoMixer } from '../mono-mixer.ts';
import { HeldPage } from '../ogg/held-page.ts';
import type { OggPacket } from '../ogg/read-packets.ts';
import { BlockDecoder } from './block-decoder.ts';
import { readIdentification, readModes } from './setup.ts';

/**
 * Decodes Vorbis I in Ogg.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_UNSUPPORTED` or `AUDIO_TOO_LONG`.
 */
export async function decodeVorbis(
  identification: Uint8Array,
  packets: AsyncGenerator<OggPacket>,
  maxDurationSec: number,
): Promise<DecodedAudio> {
  const stream = readIdentification(identification);
  const mixer = new MonoMixer(stream.sampleRateHz, maxDurationSec);
  await packets.next(); // The comment header.
  const decoder = createDecoder(stream, (await packets.next()).value?.bytes);
  return { sampleRateHz: stream.sampleRateHz, blocks: readBlocks(packets, decoder, mixer) };
}

async function* readBlocks(
  packets: AsyncGenerator<OggPacket>,
  decoder: BlockDecoder,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const held = new HeldPage();
  let page: number | undefined;
  /** Where the stream starts in what is decoded; negative where it was cut from a longer one. */
  let start: number | undefined;
  let end: number | undefined;
  for await (const packet of packets) {
    if (page !== undefined && packet.page !== page) {
      // The first page's count tells where the stream starts, unless that page is also the last.
      if (start === undefined) {
        start = held.received - (end ?? held.received);
        held.dropFirst(start);
      }
      yield* held.release();
    }
    page = packet.page;
    held.add(mixer.mix(decoder.decode(packet.bytes)));
    end = packet.granule ?? end;
  }
  yield* held.finish((end ?? Infinity) + (start ?? 0));
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
