import type { AudioClip } from '@ser/runtime/web';
import { EngineError } from '../engine/engine-client.ts';

const rateHz = 48_000;
const largestBytes = 32 * 2 ** 20;
/** Samples that are mixed before the page gets its turn. */
const pieceLength = 2 ** 20;

/**
 * Whether the browser's own decoder may read what the engine's cannot: anything but a cut file, of
 * which it would pass over the missing end.
 */
export function canPageTry(error: unknown): boolean {
  if (!(error instanceof EngineError) || error.message.includes('it is truncated')) return false;
  return error.code === 'AUDIO_UNSUPPORTED' || error.code === 'AUDIO_DECODE_FAILED';
}

/**
 * Decodes a file with the browser's decoder, which workers lack, and averages its channels.
 *
 * @returns mono samples at 48 kHz.
 * @throws EngineError `AUDIO_DECODE_FAILED` where the browser has no decoder for it or it is damaged,
 *   `AUDIO_TOO_LONG` above 32 MiB.
 */
export async function decodeInPage(file: File): Promise<AudioClip> {
  if (file.size > largestBytes) {
    const message = `${file.name}: The file is larger than 32 MiB, the most that is read here.`;
    throw new EngineError({ code: 'AUDIO_TOO_LONG', message });
  }
  const buffer = await decode(file);
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, index) =>
    buffer.getChannelData(index),
  );
  const samples = new Float32Array(buffer.length);
  for (let start = 0; start < samples.length; start += pieceLength) {
    const end = Math.min(samples.length, start + pieceLength);
    for (const channel of channels) {
      for (let index = start; index < end; index++) {
        samples[index]! += channel[index]! / channels.length;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { samples, sampleRateHz: buffer.sampleRate };
}

async function decode(file: File): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, rateHz);
  try {
    return await context.decodeAudioData(await file.arrayBuffer());
  } catch {
    const message = `${file.name}: This browser cannot decode the file: it is damaged, or of a kind that the browser does not know.`;
    throw new EngineError({ code: 'AUDIO_DECODE_FAILED', message });
  }
}
