import { SerError } from '@ser/dsp-wasm';
import type { Tensor } from 'onnxruntime-common';
import { type SpeechModel, speechInput } from './core/speech/speech-model.ts';
import { createOnnxSession, type OnnxRuntime, type SessionSettings } from './onnx-session.ts';
import { RunQueue } from './run-queue.ts';

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
  const session = await createOnnxSession(runtime, model, settings);
  const names = [session.inputNames, session.outputNames].flat().sort().join(' ');
  if (names !== 'input output sr state stateN') {
    await session.release();
    throw new SerError(
      'MODEL_INVALID',
      `The speech model has the inputs and outputs ${names}; Silero VAD 5 or 6 is needed.`,
    );
  }
  const { Tensor } = runtime;
  const { sampleRateHz, contextLength, frameLength, stateLength } = speechInput;
  const inputShape = [1, contextLength + frameLength];
  const stateShape = [2, 1, stateLength / 2];
  const rate = new Tensor('int64', BigInt64Array.of(BigInt(sampleRateHz)), []);
  const queue = new RunQueue(settings.runsConcurrently);
  let isReleased = false;

  return {
    score: (input, state) =>
      queue.add(async () => {
        if (isReleased) {
          throw new SerError('DISPOSED', 'The classifier was disposed of; create another one.');
        }
        const { output, stateN } = (await session.run({
          input: new Tensor('float32', input, inputShape),
          state: new Tensor('float32', state, stateShape),
          sr: rate,
        })) as Record<'output' | 'stateN', Tensor>;
        return {
          probability: (output.data as Float32Array)[0]!,
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
