import type { AudioPacket } from '../audio-packet.ts';
import { EndOfBits } from '../bytes/bit-reader.ts';
import { decodeFailure } from '../decode-failure.ts';
import { HeldPage } from '../held-page.ts';
import type { AudioSection } from '../join-sections.ts';
import type { MonoMixer } from '../mono-mixer.ts';
import { BlockDecoder } from './block-decoder.ts';
import { readIdentification, readModes } from './setup.ts';

/**
 * Opens a stream of Vorbis I.
 *
 * @param packets all but the first, `identification`.
 * @throws SerError `AUDIO_DECODE_FAILED` or `AUDIO_UNSUPPORTED`.
 */
export async function openVorbis(
  identification: Uint8Array,
  packets: AsyncGenerator<AudioPacket, undefined>,
): Promise<AudioSection> {
  const stream = readIdentification(identification);
  await packets.next(); // The comment header.
  const decoder = createDecoder(stream, (await packets.next()).value?.bytes);
  return {
    sampleRateHz: stream.sampleRateHz,
    readBlocks: (mixer) => readBlocks(packets, decoder, mixer),
  };
}

async function* readBlocks(
  packets: AsyncGenerator<AudioPacket, undefined>,
  decoder: BlockDecoder,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const held = new HeldPage();
  /** Where the stream starts in what is decoded; negative where it was cut from a longer one. */
  let start: number | undefined;
  let end: number | undefined;
  for await (const { bytes, page, granule } of packets) {
    const block = mixer.mix(decoder.decode(bytes));
    if (block.length > 0 && held.isFollowedBy(page)) {
      // The first page's count tells where the stream starts, unless that page is also the last.
      if (start === undefined) {
        start = held.received - (end ?? held.received);
        if (start > 0) start = held.dropFirst(start);
      }
      yield* held.release();
    }
    held.add(block, page);
    end = granule ?? end;
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
