import type { AudioClip, Classifier } from '@ser/runtime/web';
import type { LiveEvent } from './protocol.ts';

/** The most that is kept to become a clip afterwards. */
const keptSec = 300;

/**
 * Judges a live signal until the call is stopped.
 *
 * @param port brings chunks of mono samples at `sampleRateHz`.
 * @param report is told the level of every chunk and each update of the stream.
 * @returns the last five minutes of what was heard.
 * @throws SerError where a stream cannot be opened.
 */
export async function listen(
  classifier: Classifier,
  port: MessagePort,
  sampleRateHz: number,
  { signal, report }: { signal: AbortSignal; report(event: LiveEvent): void },
): Promise<AudioClip> {
  const stream = await classifier.stream({ sampleRateHz });
  const chunks: Float32Array[] = [];
  let received = 0;
  let kept = 0;
  let judging: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => judging.then(resolve, reject));
    port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (signal.aborted) return;
      chunks.push(data);
      received += data.length;
      kept += data.length;
      while (kept - chunks[0]!.length >= keptSec * sampleRateHz) kept -= chunks.shift()!.length;
      report({ kind: 'level', timeSec: received / sampleRateHz, ...measureLevel(data) });
      judging = judging.then(async () => {
        for (const update of await stream.push(data)) {
          report({
            kind: 'update',
            update,
            delaySec: received / sampleRateHz - update.timeSec,
          });
        }
      });
      judging.catch(reject);
    };
  }).finally(() => port.close());
  const samples = new Float32Array(kept);
  let filled = 0;
  for (const chunk of chunks) {
    samples.set(chunk, filled);
    filled += chunk.length;
  }
  return { samples, sampleRateHz };
}

function measureLevel(samples: Float32Array): { rms: number; peak: number } {
  let squares = 0;
  let peak = 0;
  for (const sample of samples) {
    squares += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { rms: Math.sqrt(squares / Math.max(1, samples.length)), peak };
}
