import type { AudioPacket } from '../audio-packet.ts';
import { EndOfBits } from '../bytes/bit-reader.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import type { AudioSection } from '../join-sections.ts';
import type { MonoMixer } from '../mono-mixer.ts';
import { type FlacFrame, type FramePlace, readFlacFrame } from './read-frame.ts';
import { type FlacStreamInfo, readStreamInfo, streamInfoBytes } from './stream-info.ts';

/**
 * Opens FLAC whose frames are packets of another container.
 *
 * @param header the container's first packet or settings.
 * @param infoStart where in it the STREAMINFO block begins.
 * @throws SerError `AUDIO_DECODE_FAILED`.
 */
export function openFlacPackets(
  header: Uint8Array,
  infoStart: number,
  packets: AsyncGenerator<AudioPacket, undefined>,
): AudioSection {
  if (header.length < infoStart + streamInfoBytes) {
    throw decodeFailure('FLAC', 'its header is too short');
  }
  const info = readStreamInfo(header, infoStart);
  return {
    sampleRateHz: info.sampleRateHz,
    readBlocks: (mixer) => readBlocks(info, packets, mixer),
  };
}

async function* readBlocks(
  info: FlacStreamInfo,
  packets: AsyncGenerator<AudioPacket, undefined>,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const buffers = Array.from({ length: info.channels }, () => new Float64Array(0));
  const scale = 2 ** (1 - info.bitsPerSample);
  let samples = 0;
  for await (const { bytes } of packets) {
    // Blocks of metadata come first in Ogg; none of them begins as a frame does.
    if (bytes[0] !== 0xff) continue;
    const frame = readPacket(bytes, info, { buffers, sampleIndex: samples });
    yield mixer.mix(frame.channels, 0, frame.header.blockSize, scale);
    samples += frame.header.blockSize;
  }
  if (samples < info.totalSamples) {
    throw truncated('FLAC', `it ends after ${samples} of ${info.totalSamples} samples`);
  }
}

function readPacket(bytes: Uint8Array, info: FlacStreamInfo, place: FramePlace): FlacFrame {
  try {
    return readFlacFrame(bytes, 0, info, place);
  } catch (error) {
    if (!(error instanceof EndOfBits)) throw error;
    throw decodeFailure('FLAC', `the frame at sample ${place.sampleIndex} ends early`, error);
  }
}
