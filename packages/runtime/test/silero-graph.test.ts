import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { removeOffset } from '../src/core/audio/remove-offset.ts';
import { rewriteSilero, rewriteSileroSmall } from '../src/silero-graph.ts';
import { openSileroSession } from '../src/silero-session.ts';
import { catchSerError, readFixture } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

const require = createRequire(import.meta.url);
const readSilero = (name: string) =>
  new Uint8Array(readFileSync(require.resolve(`@ricky0123/vad-web/dist/${name}.onnx`)));
const settings = { executionProvider: 'cpu', threads: 1, runsConcurrently: true } as const;
const runtime = { InferenceSession, Tensor };

/** Frames of a voice and a pause, each after the end of the one before. */
function makeFrames(): Float32Array[] {
  const signal = new Float32Array(64 + 60 * 512);
  signal.set(removeOffset(synthesiseVoice(1.2, 16_000)), 64);
  return Array.from({ length: 60 }, (_, frame) =>
    signal.slice(frame * 512, frame * 512 + 64 + 512),
  );
}

/** What Silero's own graph says, frame by frame. */
async function scoreByOriginal(file: Uint8Array, frames: readonly Float32Array[]) {
  const session = await InferenceSession.create(file);
  const sr = new Tensor('int64', BigInt64Array.of(16_000n), []);
  let state = new Float32Array(256);
  const probabilities: number[] = [];
  for (const frame of frames) {
    const { output, stateN } = await session.run({
      input: new Tensor('float32', frame, [1, frame.length]),
      state: new Tensor('float32', state, [2, 1, 128]),
      sr,
    });
    probabilities.push((output!.data as Float32Array)[0]!);
    state = new Float32Array(stateN!.data as Float32Array);
  }
  await session.release();
  return { probabilities, state };
}

const join = (frames: readonly Float32Array[]) => Float32Array.from(frames.flatMap((f) => [...f]));
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]!)));

it.each([
  ['version 6', 'silero_vad_v6', rewriteSilero, 1e-5],
  ['version 5', 'silero_vad_v5', rewriteSilero, 1e-5],
  ['version 6 in 16 bits', 'silero_vad_v6', rewriteSileroSmall, 2e-2],
])('the detector says what Silero’s own graph says: %s', async (_, name, rewrite, within) => {
  const frames = makeFrames();
  const file = readSilero(name);
  const wanted = await scoreByOriginal(file, frames);
  expect(Math.max(...wanted.probabilities)).toBeGreaterThan(0.5);
  expect(Math.min(...wanted.probabilities)).toBeLessThan(0.1);
  const model = await openSileroSession(runtime, rewrite(file), settings);
  const zeros = new Float32Array(256);
  const together = await model.score(join(frames), zeros);
  expect(largestDifference(together.probabilities, wanted.probabilities)).toBeLessThan(within);
  const first = await model.score(join(frames.slice(0, 7)), zeros);
  const second = await model.score(join(frames.slice(7)), first.state);
  const inParts = [...first.probabilities, ...second.probabilities];
  expect(largestDifference(inParts, together.probabilities)).toBeLessThan(1e-6);
  expect(largestDifference(second.state, together.state)).toBeLessThan(1e-5);
  await model.release();
});

it('is a quarter of the size in 16 bits, and stays as it is when rewritten again', () => {
  const file = readSilero('silero_vad_v6');
  const small = rewriteSileroSmall(file);
  expect(small.length).toBeLessThan(0.28 * file.length);
  expect(rewriteSilero(small)).toBe(small);
});

it('refuses a file of another kind', async () => {
  const error = await catchSerError(() =>
    openSileroSession(runtime, readFixture('tiny-model.onnx'), settings),
  );
  expect(error.code).toBe('MODEL_INVALID');
});
