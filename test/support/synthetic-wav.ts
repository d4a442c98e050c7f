import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';

const voiceRateHz = 16_000;

/** Encodes mono samples from -1 to 1 as a WAV file of 16 bits. */
export function encodePcmWav(samples: Float32Array, sampleRateHz: number): Buffer {
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
  const samples = new Float32Array(durationSec * voiceRateHz);
  const voice = synthesiseVoice(2, voiceRateHz);
  for (const startSec of startsSec) samples.set(voice, startSec * voiceRateHz);
  return encodePcmWav(samples, voiceRateHz);
}
