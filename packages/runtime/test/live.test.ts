import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Classifier, createClassifier, type LiveUpdate } from '../src/node.ts';
import { catchSerError, createRandom, fixturePath } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

let classifier: Classifier;
beforeAll(async () => {
  classifier = await createClassifier(fixturePath('tiny-model.onnx'));
});
afterAll(() => classifier.dispose());

/** Ten seconds: a voice from 1 s to 3.5 s and from 5 s to 9 s. */
function buildTalk(rate: number): Float32Array {
  const samples = new Float32Array(10 * rate);
  samples.set(synthesiseVoice(2.5, rate), rate);
  samples.set(synthesiseVoice(4, rate), 5 * rate);
  return samples;
}

/** Pushes a signal in chunks of the lengths given, through one buffer that is used again. */
async function follow(
  samples: Float32Array,
  rate: number,
  nextLength: () => number,
): Promise<LiveUpdate[]> {
  const stream = await classifier.stream({ sampleRateHz: rate });
  const buffer = new Float32Array(samples.length);
  const pushed: Promise<LiveUpdate[]>[] = [];
  for (let start = 0; start < samples.length; ) {
    const chunk = samples.subarray(start, start + nextLength());
    buffer.set(chunk);
    pushed.push(stream.push(buffer.subarray(0, chunk.length)));
    start += chunk.length;
  }
  return (await Promise.all(pushed)).flat();
}

describe('stream', () => {
  it.each([16000, 44100])(
    'says the same at %i Hz whatever the chunks',
    { timeout: 60_000 },
    async (rate) => {
      const talk = buildTalk(rate);
      const atOnce = await follow(talk, rate, () => talk.length);
      const random = createRandom(3);
      expect(await follow(talk, rate, () => 128)).toEqual(atOnce);
      expect(await follow(talk, rate, () => random(random(4) === 0 ? 30_000 : 900))).toEqual(
        atOnce,
      );
    },
  );

  it('gives an update every half second, and a label only while a voice speaks', async () => {
    const rate = 48000;
    const updates = await follow(buildTalk(rate), rate, () => 4800);
    expect(updates.map(({ timeSec }) => timeSec)).toEqual(
      Array.from({ length: 20 }, (_, index) => 0.5 * (index + 1)),
    );
    const speaks = updates.filter(({ prediction }) => prediction).map(({ timeSec }) => timeSec);
    expect(speaks).toEqual([1.5, 2, 2.5, 3, 3.5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9]);
    for (const { prediction } of updates) {
      if (!prediction) continue;
      const { label, confidence, probabilities } = prediction;
      expect(probabilities[label]).toBe(confidence);
      const sum = Object.values(probabilities).reduce((total, value) => total + value);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('judges at first what predict judges', async () => {
    const rate = 16000;
    const talk = buildTalk(rate);
    const [first] = (await follow(talk, rate, () => 1000)).filter(({ prediction }) => prediction);
    const segments = [];
    for await (const segment of classifier.segments({ samples: talk, sampleRateHz: rate })) {
      segments.push(segment);
    }
    const samples = talk.subarray(Math.round(segments[0]!.startSec * rate), first!.timeSec * rate);
    const { probabilities } = await classifier.predict({ samples, sampleRateHz: rate });
    for (const [label, value] of Object.entries(probabilities)) {
      expect(Math.abs(first!.prediction!.probabilities[label]! - value)).toBeLessThan(1e-6);
    }
  });

  it('states a latency under 0.6 s at its defaults', async () => {
    for (const sampleRateHz of [8000, 16000, 44100, 48000]) {
      const { latencySec } = await classifier.stream({ sampleRateHz });
      expect(latencySec).toBeGreaterThan(0.53);
      expect(latencySec).toBeLessThan(0.6);
    }
  });

  it('refuses settings and chunks that are none, and goes on', async () => {
    const rate = await catchSerError(() => classifier.stream({ sampleRateHz: 44100.5 }));
    expect(rate.message).toBe(
      'sampleRateHz is 44100.5; it must be a whole number of hertz from 1000 to 768000.',
    );
    const hop = await catchSerError(() => classifier.stream({ sampleRateHz: 8000, hopSec: 0 }));
    expect(hop.code).toBe('INVALID_ARGUMENT');

    const stream = await classifier.stream({ sampleRateHz: 8000 });
    expect(await stream.push(new Float32Array(0))).toEqual([]);
    expect((await catchSerError(() => stream.push([0.1] as never))).code).toBe('INVALID_ARGUMENT');
    const broken = await catchSerError(() => stream.push(Float32Array.of(0, Number.NaN)));
    expect(broken.code).toBe('AUDIO_NOT_FINITE');
    expect(await stream.push(new Float32Array(4000))).toEqual([{ timeSec: 0.5, prediction: null }]);
  });

  it('ends with its classifier', async () => {
    const other = await createClassifier(fixturePath('tiny-model.onnx'));
    const stream = await other.stream({ sampleRateHz: 16000 });
    await other.dispose();
    expect((await catchSerError(() => stream.push(new Float32Array(16000)))).code).toBe('DISPOSED');
    expect((await catchSerError(() => other.stream({ sampleRateHz: 16000 }))).code).toBe(
      'DISPOSED',
    );
  });
});
