import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OffsetRemover, removeOffset } from '../src/core/audio/remove-offset.ts';
import { type Classifier, createClassifier, type Prediction } from '../src/node.ts';
import { catchSerError, fixturePath } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

const sampleRateHz = 16_000;
const offsets = [0.01, -0.05, 0.4, -3];

/** A soft voice between pauses, without a mean. */
function makeTalk(): Float32Array {
  const samples = new Float32Array(4 * sampleRateHz);
  samples.set(synthesiseVoice(2, sampleRateHz), sampleRateHz);
  return removeOffset(samples.map((sample) => 0.25 * sample));
}

const talk = makeTalk();
const shift = (samples: Float32Array, offset: number) => samples.map((sample) => sample + offset);

/** A WAV of 16 bits, one array a channel. */
function encodeWav(channels: readonly Float32Array[]): Uint8Array {
  const frames = channels[0]!.length;
  const bytes = new Uint8Array(44 + 2 * frames * channels.length);
  const view = new DataView(bytes.buffer);
  const tags: [number, string][] = [
    [0, 'RIFF'],
    [8, 'WAVEfmt '],
    [36, 'data'],
  ];
  for (const [at, text] of tags) bytes.set(Buffer.from(text), at);
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, 2 * sampleRateHz * channels.length, true);
  view.setUint16(32, 2 * channels.length, true);
  view.setUint16(34, 16, true);
  view.setUint32(40, bytes.length - 44, true);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, frame) => {
      const at = 44 + 2 * (frame * channels.length + channel);
      view.setInt16(at, Math.round(sample * 32_768), true);
    });
  });
  return bytes;
}

let classifier: Classifier;
beforeAll(async () => {
  classifier = await createClassifier(fixturePath('tiny-model.onnx'));
});
afterAll(() => classifier.dispose());

function expectSame(found: Prediction, wanted: Prediction, within: number): void {
  expect(found.label).toBe(wanted.label);
  expect(found.durationSec).toBe(wanted.durationSec);
  for (const [label, value] of Object.entries(wanted.probabilities)) {
    expect(Math.abs(found.probabilities[label]! - value)).toBeLessThan(within);
  }
}

describe('a constant offset', () => {
  it('changes nothing of what predict and predictBatch say', async () => {
    const wanted = await classifier.predict({ samples: talk, sampleRateHz });
    expect(wanted.label).not.toBeNull();
    const shifted = offsets.map((offset) => ({ samples: shift(talk, offset), sampleRateHz }));
    for (const outcome of await classifier.predictBatch(shifted)) {
      if (!outcome.ok) throw outcome.error;
      expectSame(outcome.prediction, wanted, 1e-3);
    }
    expectSame(await classifier.predict(shifted[0]!), wanted, 1e-3);
  });

  it('may differ between the channels of a file', async () => {
    const wanted = await classifier.predict(encodeWav([talk, talk]));
    const found = await classifier.predict(encodeWav([shift(talk, 0.3), shift(talk, -0.02)]));
    expectSame(found, wanted, 1e-3);
  });

  it('changes nothing of a timeline, of segments and of a live stream', async () => {
    const follow = async (samples: Float32Array) => {
      const clip = { samples, sampleRateHz };
      const windows = [];
      for await (const window of classifier.timeline(clip, { windowSec: 1 })) windows.push(window);
      const segments = [];
      for await (const segment of classifier.segments(clip)) segments.push(segment);
      const stream = await classifier.stream({ sampleRateHz });
      const updates = [];
      for (let start = 0; start < samples.length; start += 1111) {
        updates.push(...(await stream.push(samples.subarray(start, start + 1111))));
      }
      return {
        windows: windows.map(({ prediction }) => prediction?.label),
        segments: segments.map(({ startSec, endSec, label }) => [startSec, endSec, label]),
        updates: updates.map(({ prediction }) => prediction?.label),
      };
    };
    const wanted = await follow(talk);
    expect(wanted.windows).toContain(undefined);
    expect(wanted.segments).toHaveLength(1);
    expect(wanted.updates.some((label) => label !== undefined)).toBe(true);
    for (const offset of [0.01, -0.3]) expect(await follow(shift(talk, offset))).toEqual(wanted);
  });

  it('leaves a muted microphone silent', async () => {
    const hiss = Float32Array.from({ length: talk.length }, (_, at) => 3e-5 * Math.sin(at * at));
    for (const samples of [shift(hiss, 0.01), shift(new Float32Array(talk.length), -0.2)]) {
      const clip = { samples, sampleRateHz };
      const error = await catchSerError(() => classifier.predict(clip));
      expect(error.code).toBe('AUDIO_SILENT');
      for await (const { prediction } of classifier.timeline(clip)) expect(prediction).toBeNull();
      for await (const segment of classifier.segments(clip)) expect(segment).toBeUndefined();
    }
  });
});

describe('OffsetRemover', () => {
  it('gives the same however the signal is cut, and 0 for a constant from the first sample', () => {
    const whole = new OffsetRemover(sampleRateHz).push(shift(talk, 0.2));
    const remover = new OffsetRemover(sampleRateHz);
    const parts: number[] = [];
    for (let start = 0; start < talk.length; start += 777) {
      parts.push(...remover.push(shift(talk, 0.2).subarray(start, start + 777)));
    }
    expect(Float32Array.from(parts)).toEqual(whole);
    const constant = new Float32Array(100).fill(0.25);
    expect(new OffsetRemover(sampleRateHz).push(constant)).toEqual(new Float32Array(100));
  });

  it('follows an offset that sets in later within some seconds', () => {
    const late = Float32Array.from({ length: 20 * sampleRateHz }, (_, at) =>
      at < 5 * sampleRateHz ? 0 : 0.1,
    );
    const end = new OffsetRemover(sampleRateHz).push(late).at(-1)!;
    expect(Math.abs(end)).toBeLessThan(1e-3);
  });
});
