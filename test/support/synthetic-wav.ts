import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';

const sampleRateHz = 16_000;

/**
 * Encodes mono samples as a WAV file of 16 bits.
 *
 * @param samples -1 … 1, at 16,000 Hz.
 */
export function encodePcmWav(samples: Float32Array): Buffer {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRateHz, 24);
  file.writeUInt32LE(2 * sampleRateHz, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, index) => {
    file.writeInt16LE(Math.round(32_767 * sample), 44 + 2 * index);
  });
  return file;
}

/** A synthetic voice that speaks for two seconds from each of `startsSec` on, as a WAV file. */
export function synthesiseTalk(durationSec: number, startsSec: readonly number[]): Buffer {
  const samples = new Float32Array(durationSec * sampleRateHz);
  const voice = synthesiseVoice(2, sampleRateHz);
  for (const startSec of startsSec) samples.set(voice, startSec * sampleRateHz);
  return encodePcmWav(samples);
}
