import { SerError } from '@ser/dsp-wasm';

const headerLength = 44;

/**
 * Encodes mono samples as a WAV file of 16-bit PCM, rounded to the nearest step of 1/32768.
 *
 * @throws SerError INVALID_ARGUMENT for a sample outside -1 to 1, or not finite
 */
export function encodePcmWav(samples: Float32Array, sampleRateHz: number): Uint8Array {
  const dataLength = samples.length * 2;
  const view = new DataView(new ArrayBuffer(headerLength + dataLength));
  const writeText = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };
  writeText(0, 'RIFF');
  view.setUint32(4, headerLength - 8 + dataLength, true);
  writeText(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  writeText(36, 'data');
  view.setUint32(40, dataLength, true);
  samples.forEach((sample, at) => {
    if (!(sample >= -1 && sample <= 1)) {
      throw new SerError(
        'INVALID_ARGUMENT',
        `samples[${at}] is ${sample}; it must be from -1 to 1.`,
      );
    }
    view.setInt16(headerLength + at * 2, Math.min(32767, Math.round(sample * 32768)), true);
  });
  return new Uint8Array(view.buffer);
}
