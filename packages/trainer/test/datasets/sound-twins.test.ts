import { loadDsp } from '@ser/dsp-wasm';
import { expect, it } from 'vitest';
import { correlateWaves } from '../../src/datasets/correlate.ts';
import { findSoundTwins } from '../../src/datasets/find-sound-twins.ts';
import { completePrint, printClip } from '../../src/datasets/sound-print.ts';
import { synthesiseSpeech } from '../../src/datasets/synthetic/synthesise-speech.ts';
import { drawVoice } from '../../src/datasets/synthetic/voice.ts';
import { createRandom } from '../../src/random.ts';

const dsp = await loadDsp();
const rate = 22_050;

/** Sentences of one voice, in one emotion. */
function listSentences(count: number): Float32Array[] {
  const random = createRandom(3);
  const voice = drawVoice(1, random);
  return Array.from({ length: count }, (_, at) =>
    synthesiseSpeech(voice, 'happy', random.fork(`${at}`)),
  );
}

const print = (samples: Float32Array, sampleRateHz = rate) =>
  completePrint(printClip({ samples, sampleRateHz }, dsp)!, sampleRateHz);

it('correlates as the sum over every shift does', () => {
  const random = createRandom(1);
  const a = Float64Array.from({ length: 60 }, () => random.uniform(-0.5, 0.5));
  const b = Float64Array.from(a.subarray(7), (value) => -2 * value);
  // All of b lies in a, so what a has besides is all that keeps them from 1.
  const power = (wave: Float64Array) => wave.reduce((sum, value) => sum + value ** 2, 0);
  expect(correlateWaves(a, b, 0)).toBeGreaterThan(
    Math.sqrt(power(a.subarray(7)) / power(a)) - 0.02,
  );
  expect(correlateWaves(a, a, 0)).toBeCloseTo(1, 12);
  const other = Float64Array.from({ length: 60 }, () => random.uniform(-0.5, 0.5));
  expect(correlateWaves(a, other, 0)).toBeLessThan(0.6);
});

it('finds each copy of a sentence, and no other sentence of the same voice', () => {
  const sentences = listSentences(6);
  const quiet = sentences[0]!.map((sample) => -0.02 * sample);
  const slow = dsp.resample(sentences[1]!, { fromHz: rate, toHz: 8000 });
  const padded = new Float32Array(sentences[2]!.length + 2 * rate);
  padded.set(sentences[2]!, rate);
  const prints = [
    ...sentences.map((sentence) => print(sentence)),
    ...[print(quiet), print(slow, 8000), print(padded)],
  ];
  expect(findSoundTwins(prints)).toEqual([
    [0, 6],
    [1, 7],
    [2, 8],
  ]);
});

it('tells a sentence from the same played 0.8 % faster', () => {
  const [sentence] = listSentences(1) as [Float32Array];
  const faster = dsp.changeSpeed(sentence, { factor: 1.008 });
  expect(findSoundTwins([print(sentence), print(faster)])).toEqual([]);
});

it('prints nothing of silence, or of what is too short', () => {
  expect(printClip({ samples: new Float32Array(rate), sampleRateHz: rate }, dsp)).toBeNull();
  const click = new Float32Array(rate / 10).fill(0.5, 10, 20);
  expect(printClip({ samples: click, sampleRateHz: rate }, dsp)).toBeNull();
});
