/** One MPEG audio frame header, of Layer II or III. */
export interface Mp3Header {
  layer: 2 | 3;
  /** Length of the frame, header included. */
  frameBytes: number;
  /** Samples a channel. */
  samples: number;
  sampleRateHz: number;
  channels: number;
  /** Bytes from the frame's start to the Xing or Info tag, where it has one. */
  tagOffset: number;
}

/** Kilobits a second, by layer, of MPEG-1; both layers share those of MPEG-2. */
const bitratesMpeg1 = {
  2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
};
const bitratesMpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const ratesMpeg1 = [44100, 48000, 32000];

/** The header at a byte offset, or undefined where there is none of Layer II or III. */
export function readMp3Header(bytes: Uint8Array, offset: number): Mp3Header | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const second = bytes[offset + 1]!;
  const third = bytes[offset + 2]!;
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const bitrateIndex = third >> 4;
  const rateIndex = (third >> 2) & 3;
  const isHeader = bytes[offset] === 0xff && second >= 0xe0 && version !== 1;
  if (!isHeader || (layer !== 2 && layer !== 3)) return undefined;
  if (bitrateIndex === 0 || bitrateIndex === 15 || rateIndex === 3) return undefined;

  const isMpeg1 = version === 3;
  const rateDivisor = isMpeg1 ? 1 : version === 2 ? 2 : 4;
  const sampleRateHz = ratesMpeg1[rateIndex]! / rateDivisor;
  const kilobits = (isMpeg1 ? bitratesMpeg1[layer] : bitratesMpeg2)[bitrateIndex]!;
  const samples = isMpeg1 || layer === 2 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  const frameBytes = Math.floor((samples * 125 * kilobits) / sampleRateHz) + padding;
  const channels = bytes[offset + 3]! >> 6 === 3 ? 1 : 2;
  const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { layer, frameBytes, samples, sampleRateHz, channels, tagOffset: 4 + sideBytes };
}
