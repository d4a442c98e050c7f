import type { EmotionStream } from '@ser/runtime';
import { type LiveView, measureLevelDb } from './live-view.ts';

/** Settings of {@link showLive}. */
export interface ListenSettings {
  sampleRateHz: number;
  /** Ends after so much audio; undefined: with the microphone. */
  durationSec: number | undefined;
}

/** Hands what a microphone gives to a stream, and its updates to a view. */
export async function showLive(
  microphone: AsyncIterable<Float32Array>,
  stream: EmotionStream,
  view: LiveView,
  { sampleRateHz, durationSec = Number.POSITIVE_INFINITY }: ListenSettings,
): Promise<void> {
  const most = Math.round(durationSec * sampleRateHz);
  let received = 0;
  try {
    for await (const chunk of microphone) {
      const samples = chunk.subarray(0, most - received);
      if (samples.length === 0) continue;
      received += samples.length;
      const levelDb = measureLevelDb(samples);
      view.showLevel?.(received / sampleRateHz, levelDb);
      for (const update of await stream.push(samples)) view.show({ ...update, levelDb });
      if (received >= most) return;
    }
  } finally {
    view.end();
  }
}
