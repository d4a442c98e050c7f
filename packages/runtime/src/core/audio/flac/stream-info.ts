import { BitReader } from '../bytes/bit-reader.ts';
import { decodeFailure } from '../decode-failure.ts';

export const streamInfoBytes = 34;

/** What the STREAMINFO block says of the whole stream. */
export interface FlacStreamInfo {
  sampleRateHz: number;
  channels: number;
  bitsPerSample: number;
  /** 0 where the encoder did not know. */
  totalSamples: number;
}

/** Reads a STREAMINFO block, which begins at byte `start`. */
export function readStreamInfo(bytes: Uint8Array, start: number): FlacStreamInfo {
  const reader = new BitReader(bytes, start + 10);
  const sampleRateHz = reader.readBits(20);
  const channels = reader.readBits(3) + 1;
  const bitsPerSample = reader.readBits(5) + 1;
  const totalSamples = reader.readBits(36);
  if (bitsPerSample < 4) {
    throw decodeFailure(
      'FLAC',
      `its header says ${bitsPerSample} bits a sample; 4 to 32 are allowed`,
    );
  }
  return { sampleRateHz, channels, bitsPerSample, totalSamples };
}
