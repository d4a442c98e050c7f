import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { encodePcmWav } from '../../packages/trainer/src/datasets/synthetic/pcm-wav.ts';

const voiceRateHz = 16_000;

/** A synthetic voice that speaks for two seconds from each of `startsSec` on, as a WAV file. */
export function synthesiseTalk(durationSec: number, startsSec: readonly number[]): Buffer {
  const samples = new Float32Array(durationSec * voiceRateHz);
  const voice = synthesiseVoice(2, voiceRateHz);
  for (const startSec of startsSec) samples.set(voice, startSec * voiceRateHz);
  return Buffer.from(encodePcmWav(samples, voiceRateHz));
}
