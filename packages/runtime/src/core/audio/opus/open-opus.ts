import { SerError } from '@ser/dsp-wasm';
import { OpusDecoder } from 'opus-decoder';
import type { AudioPacket } from '../audio-packet.ts';
import { decodeFailure } from '../decode-failure.ts';
import { HeldPage } from '../held-page.ts';
import type { AudioSection } from '../join-sections.ts';
import type { MonoMixer } from '../mono-mixer.ts';
import { startDecoder } from '../start-decoder.ts';

/** The rate at which Opus counts, and is decoded, whatever was recorded. */
const opusRateHz = 48_000;
const headBytes = 19;

interface OpusHead {
  channels: number;
  preSkip: number;
  gain: number;
  streamCount: number;
  coupledStreamCount: number;
  channelMappingTable: number[];
}

/**
 * Opens a stream of Opus (RFC 7845), which libopus decodes, without the encoder's delay at the start
 * and its padding at the end.
 *
 * @param packets those of audio.
 * @throws SerError `AUDIO_DECODE_FAILED`.
 */
export function openOpus(
  head: Uint8Array,
  packets: AsyncGenerator<AudioPacket, undefined>,
): AudioSection {
  const settings = readHead(head);
  return {
    sampleRateHz: opusRateHz,
    readBlocks: (mixer) => readBlocks(settings, packets, mixer),
  };
}

async function* readBlocks(
  { gain, preSkip, ...settings }: OpusHead,
  packets: AsyncGenerator<AudioPacket, undefined>,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const decoder = new OpusDecoder({ ...settings, preSkip: 0, sampleRate: opusRateHz });
  await startDecoder('Opus', decoder.ready);
  try {
    const held = new HeldPage();
    let decoded = 0;
    let end = Infinity;
    for await (const { bytes, page, granule, discardSec } of packets) {
      if (granule !== undefined) end = granule - preSkip;
      if (bytes.length === 0) continue;
      if (held.isFollowedBy(page)) yield* held.release();
      const { channelData, samplesDecoded, errors } = decoder.decodeFrame(bytes);
      if (errors[0]) throw decodeFailure('Opus', errors[0].message);
      const start = Math.min(samplesDecoded, Math.max(0, preSkip - decoded));
      held.add(mixer.mix(channelData, start, samplesDecoded, gain), page);
      decoded += samplesDecoded;
      if (discardSec !== undefined) end = held.received - Math.round(discardSec * opusRateHz);
    }
    yield* held.finish(end);
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw decodeFailure('Opus', String(cause), cause);
  } finally {
    decoder.free();
  }
}

function readHead(head: Uint8Array): OpusHead {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < headBytes || view.getUint8(8) >> 4 !== 0) {
    throw decodeFailure('Opus', 'its header is damaged or of an unknown version');
  }
  const channels = view.getUint8(9);
  const preSkip = view.getUint16(10, true);
  const gain = 10 ** (view.getInt16(16, true) / (20 * 256));
  const family = view.getUint8(18);
  if (family === 0) {
    if (channels < 1 || channels > 2) throw badChannels(channels);
    const channelMappingTable = channels === 1 ? [0] : [0, 1];
    return {
      channels,
      preSkip,
      gain,
      streamCount: 1,
      coupledStreamCount: channels - 1,
      channelMappingTable,
    };
  }
  if (head.length < headBytes + 2 + channels || channels < 1) throw badChannels(channels);
  const streamCount = view.getUint8(19);
  const coupledStreamCount = view.getUint8(20);
  const channelMappingTable = [...head.subarray(21, 21 + channels)];
  const streams = streamCount + coupledStreamCount;
  const isSound =
    streamCount > 0 &&
    coupledStreamCount <= streamCount &&
    streams <= 255 &&
    channelMappingTable.every((stream) => stream < streams || stream === 255);
  if (!isSound) throw decodeFailure('Opus', 'its channel mapping does not fit its streams');
  return { channels, preSkip, gain, streamCount, coupledStreamCount, channelMappingTable };
}

function badChannels(channels: number): SerError {
  return decodeFailure('Opus', `its header says ${channels} channels`);
}
