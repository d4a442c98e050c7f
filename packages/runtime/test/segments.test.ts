import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadDsp } from '@ser/dsp-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Classifier, createClassifier, loadClip, type Segment } from '../src/node.ts';
import { catchSerError, createRandom, fixturePath } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

const rate = 16000;
let classifier: Classifier;
beforeAll(async () => {
  classifier = await createClassifier(fixturePath('tiny-model.onnx'));
});
afterAll(() => classifier.dispose());

async function listSegments(samples: Float32Array, options = {}): Promise<Segment[]> {
  const segments = [];
  for await (const segment of classifier.segments({ samples, sampleRateHz: rate }, options)) {
    segments.push(segment);
  }
  return segments;
}

function makeNoise(durationSec: number, level: number): Float32Array {
  const random = createRandom(5);
  return Float32Array.from(
    { length: durationSec * rate },
    () => level * (random(2 ** 16) / 2 ** 15 - 1),
  );
}

/** Sounds with the same pause before each and after the last; and where each begins and ends. */
function space(sounds: readonly Float32Array[], pause: Float32Array) {
  const length = sounds.reduce((sum, { length }) => sum + length + pause.length, pause.length);
  const samples = new Float32Array(length);
  samples.set(pause);
  let place = pause.length;
  const spans = sounds.map((sound) => {
    samples.set(sound, place);
    const startSec = place / rate;
    place += sound.length;
    const endSec = place / rate;
    samples.set(pause, place);
    place += pause.length;
    return { startSec, endSec };
  });
  return { samples, spans };
}

/** Every span is found, no further from its place than `withinSec`, and nothing else is. */
function expectFound(
  segments: readonly Segment[],
  spans: readonly { startSec: number; endSec: number }[],
  withinSec: number,
): void {
  let next = 0;
  for (const { startSec, endSec } of spans) {
    const first = segments[next]!;
    while (segments[next + 1] && segments[next + 1]!.startSec < endSec) next++;
    const last = segments[next++]!;
    expect(Math.abs(first.startSec - startSec)).toBeLessThan(withinSec);
    expect(Math.abs(last.endSec - endSec)).toBeLessThan(withinSec);
  }
  expect(next).toBe(segments.length);
}

describe('segments', () => {
  it.each([
    ['silence', 0, 0.2],
    ['noise', 0.002, 0.5],
  ])('finds where a voice speaks amid %s', { timeout: 30_000 }, async (_, level, withinSec) => {
    const voices = [1.5, 4, 0.6, 2.2].map((sec) => synthesiseVoice(sec, rate));
    const { samples, spans } = space(voices, makeNoise(1.3, level));
    expectFound(await listSegments(samples), spans, withinSec);
  });

  it('skips what is loud and no speech', async () => {
    const hum = Float32Array.from({ length: 4 * rate }, (_, index) => 0.5 * Math.sin(index / 12));
    expect(await listSegments(hum)).toEqual([]);
    expect(await listSegments(makeNoise(4, 0.5))).toEqual([]);
    expect(await listSegments(new Float32Array(2 * rate))).toEqual([]);
  });

  it('judges a span that one window holds as predict judges its samples', async () => {
    const { samples } = space([synthesiseVoice(2, rate)], new Float32Array(rate));
    const [segment] = await listSegments(samples);
    const part = samples.subarray(segment!.startSec * rate, Math.round(segment!.endSec * rate));
    const { label, confidence } = await classifier.predict({ samples: part, sampleRateHz: rate });
    expect(segment).toMatchObject({ label, confidence: expect.closeTo(confidence, 6) });
  });

  it('covers long speech without a gap', { timeout: 30_000 }, async () => {
    const { samples, spans } = space([synthesiseVoice(50, rate)], new Float32Array(rate));
    const segments = await listSegments(samples, { windowSec: 1, hopSec: 0.4 });
    // The pulses of this voice have a mean, which is taken for an offset and lags behind its end.
    expectFound(segments, spans, 0.25);
    segments.slice(1).forEach((segment, index) => {
      expect(segment.startSec).toBe(segments[index]!.endSec);
      expect(segment.label).not.toBe(segments[index]!.label);
    });
  });

  it('refuses windows that leave gaps', async () => {
    const error = await catchSerError(() =>
      listSegments(new Float32Array(rate), { windowSec: 1, hopSec: 2 }),
    );
    expect(error.message).toBe(
      'hopSec is 2; it must be at most windowSec (1), or speech would be left out.',
    );
  });

  it('names the file in its errors, and stops at the signal', async () => {
    const broken = await catchSerError(async () => {
      for await (const _ of classifier.segments(fixturePath('clips/aac.m4a')));
    });
    expect(broken.message).toContain('aac.m4a: The file is MP4 or M4A with AAC');
    const stopped = await catchSerError(() =>
      listSegments(new Float32Array(rate).fill(0.1), { signal: AbortSignal.abort() }),
    );
    expect(stopped.code).toBe('ABORTED');
  });

  it('ends with DISPOSED where the classifier is disposed of meanwhile', async () => {
    const other = await createClassifier(fixturePath('tiny-model.onnx'));
    const { samples } = space([synthesiseVoice(1, rate)], new Float32Array(rate));
    const error = await catchSerError(async () => {
      const long = new Float32Array(30 * rate);
      long.set(samples);
      for await (const _ of other.segments({ samples: long, sampleRateHz: rate })) {
        await other.dispose();
      }
    });
    expect(error.code).toBe('DISPOSED');
  });

  // Without the corpora the test is not there, rather than skipped.
  const corpora = process.env.SER_DATA;
  if (!corpora) return;
  it('finds real clips between pauses', { timeout: 60_000 }, async () => {
    const dsp = await loadDsp();
    const folder = join(corpora, 'emodb');
    const files = readdirSync(folder).sort();
    const clips = await Promise.all(
      [20, 90, 160, 230, 300, 370, 440, 510].map(async (at) => {
        const { samples, sampleRateHz } = await loadClip(join(folder, files[at]!));
        const atRate = dsp.resample(samples, { fromHz: sampleRateHz, toHz: rate });
        const { startSample, endSample } = dsp.trimSilence(atRate, { topDb: 30 });
        return atRate.subarray(startSample, endSample);
      }),
    );
    for (const pause of [new Float32Array(1.5 * rate), makeNoise(1.5, 0.003)]) {
      const { samples, spans } = space(clips, pause);
      expectFound(await listSegments(samples), spans, 0.4);
    }
  });
});
