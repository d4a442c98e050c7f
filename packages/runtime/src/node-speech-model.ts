import { createRequire } from 'node:module';
import type { SpeechModel } from './core/speech/speech-model.ts';
import { readRegularFile } from './node-files.ts';
import { loadOnnxRuntime } from './node-onnx-runtime.ts';
import { openSileroSession } from './silero-session.ts';

/** Silero's detector, of whose package only this file is used. */
export async function openSpeechModel(): Promise<SpeechModel> {
  const path = createRequire(import.meta.url).resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx');
  const model = await readRegularFile(path);
  const { runtime, settingsFor } = await loadOnnxRuntime(() => {});
  return openSileroSession(runtime, model, settingsFor(1));
}
