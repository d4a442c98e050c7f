import type { Tensor } from 'onnxruntime-common';
import { createDisposedError } from './core/cancellation.ts';
import { type SpeechModel, speechInput } from './core/speech/speech-model.ts';
import { createOnnxSession, type OnnxRuntime, type SessionSettings } from './onnx-session.ts';
import { createRunQueue } from './run-queue.ts';

/**
 * Opens Silero's voice-activity detector, version 5 or 6 of its ONNX file.
 *
 * @throws SerError `MODEL_INVALID` for another file.
 */
export async function openSileroSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  settings: SessionSettings,
): Promise<SpeechModel> {
  const { rewriteSilero } = await import('./silero-graph.ts');
  const session = await createOnnxSession(runtime, rewriteSilero(model), settings);
  const { Tensor } = runtime;
  const { contextLength, frameLength, stateLength } = speechInput;
  const inputLength = contextLength + frameLength;
  const stateShape = [2, 1, stateLength / 2];
  const queue = createRunQueue(runtime, settings.runsConcurrently);
  let isReleased = false;

  return {
    score: (frames, state) =>
      queue.add(async () => {
        if (isReleased) {
          throw createDisposedError();
        }
        const { output, stateN } = (await session.run({
          input: new Tensor('float32', frames, [frames.length / inputLength, inputLength]),
          state: new Tensor('float32', state, stateShape),
        })) as Record<'output' | 'stateN', Tensor>;
        return {
          probabilities: (output.data as Float32Array).slice(),
          state: (stateN.data as Float32Array).slice(),
        };
      }),
    async release() {
      isReleased = true;
      await queue.drain();
      await session.release();
    },
  };
}
