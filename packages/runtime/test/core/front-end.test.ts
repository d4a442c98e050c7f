import { resolveFeatureConfig } from '@ser/dsp-wasm';
import { expect, it } from 'vitest';
import { removeOffset } from '../../src/core/audio/remove-offset.ts';
import { createFrontEnd } from '../../src/core/index.ts';

const sampleRateHz = 16_000;
const features = resolveFeatureConfig({ sampleRateHz, sets: ['mfcc', 'mel'] });
const trim = { topDb: 30, frameLength: 2048, hopLength: 512 };

/** A tone, a pause and another tone, with silence around. */
function makeSpeech(pauseSec: number): Float32Array {
  const tone = (hz: number, sec: number) =>
    Float32Array.from({ length: sec * sampleRateHz }, (_, at) =>
      Math.sin((2 * Math.PI * hz * at) / sampleRateHz),
    );
  const silence = (sec: number) => new Float32Array(sec * sampleRateHz);
  const parts = [silence(0.5), tone(300, 0.8), silence(pauseSec), tone(500, 0.8), silence(0.5)];
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

it('cuts the pauses of a window as it cuts the ends of a clip', async () => {
  const frontEnd = await createFrontEnd({ kind: 'features', features, trim });
  const window = (pauseSec: number) =>
    frontEnd.processWindow({ samples: makeSpeech(pauseSec), sampleRateHz });
  const [short, long] = [window(0.512), window(1.536)];
  expect(long.frames).toBe(short.frames);
  // Frames at the seam may differ: the grid of frames lies elsewhere in the pause.
  const same = [...long.data].filter((value, at) => Math.abs(value - short.data[at]!) < 1e-3);
  expect(same.length).toBeGreaterThan(0.9 * long.data.length);
  const clip = frontEnd.process({ samples: makeSpeech(1.536), sampleRateHz });
  expect(clip.frames).toBeGreaterThan(long.frames + 1.2 * (sampleRateHz / features.hopLength));
});

it('hears a clip at any level alike, slower and faster and as a window too', async () => {
  const frontEnd = await createFrontEnd({ kind: 'features', features, trim, levelDb: -30 });
  const hear = (gain: number) => {
    const clip = { samples: makeSpeech(0.5).map((sample) => sample * gain), sampleRateHz };
    return [...frontEnd.processAtSpeeds(clip, [1, 1.2]), frontEnd.processWindow(clip)];
  };
  const loud = hear(1);
  // A power of two changes no digit of a sample.
  expect(hear(2 ** -10)).toEqual(loud);
  const plain = await createFrontEnd({ kind: 'features', features, trim });
  expect(plain.process({ samples: makeSpeech(0.5), sampleRateHz })).not.toEqual(loud[0]);
});

it('leaves a window without pauses, and of a model that trims nothing, as a clip', async () => {
  const trimming = await createFrontEnd({ kind: 'features', features, trim });
  const whole = { samples: makeSpeech(0), sampleRateHz };
  expect(trimming.processWindow(whole)).toEqual(trimming.process(whole));
  const plain = await createFrontEnd({ kind: 'features', features, trim: null });
  const paused = { samples: makeSpeech(1), sampleRateHz };
  expect(plain.processWindow(paused)).toEqual(plain.process(paused));
});

it('fills a short clip up with zeros, behind what is normalised', async () => {
  const clip = { samples: removeOffset(makeSpeech(0).slice(8000, 16_000)), sampleRateHz };
  const read = async (settings: { normalise: boolean; padToSec?: number; padEndSec?: number }) =>
    (await createFrontEnd({ kind: 'waveform', sampleRateHz, trim: null, ...settings })).process(
      clip,
    ).data;
  const normalised = await read({ normalise: true });
  const filled = await read({ normalise: true, padToSec: 1 });
  expect(filled.length).toBe(16_000);
  expect(filled.subarray(0, 8000)).toEqual(normalised);
  expect(filled.subarray(8000).every((value) => value === 0)).toBe(true);
  expect(await read({ normalise: true, padToSec: 0.2 })).toEqual(normalised);
  expect((await read({ normalise: false, padToSec: 0.6, padEndSec: 0.2 })).length).toBe(11_200);

  const spectral = { kind: 'features', features, trim: null } as const;
  const heard = await createFrontEnd({ ...spectral, normalise: true, padToSec: 1 });
  const plain = await createFrontEnd(spectral);
  const expected = plain.process({ samples: filled, sampleRateHz });
  const found = heard.process(clip);
  expect(found.frames).toBe(expected.frames);
  const differences = found.data.map((value, at) => Math.abs(value - expected.data[at]!));
  expect(Math.max(...differences)).toBeLessThan(1e-3);
});
