import { loadDsp } from '@ser/dsp-wasm';
import { expect, it } from 'vitest';
import { hearThrough } from '../../src/features/channel.ts';

const sampleRateHz = 22050;

async function telephone(frequencyHz: number, amplitude: number): Promise<Float32Array> {
  const samples = Float32Array.from(
    { length: sampleRateHz },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequencyHz * n) / sampleRateHz),
  );
  const context = { sampleRateHz, seed: 1, dsp: await loadDsp() };
  const heard = hearThrough({ samples, sampleRateHz }, 'telephone', context);
  expect(heard.sampleRateHz).toBe(8000);
  expect(heard.samples).toHaveLength(8000);
  // Without the edges, where the filters settle.
  return heard.samples.subarray(2000, 6000);
}

const measurePower = (samples: Float32Array) =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

it('hears over a telephone what lies in its band', async () => {
  expect(measurePower(await telephone(1000, 0.5))).toBeCloseTo(0.125, 2);
  expect(measurePower(await telephone(150, 0.5))).toBeLessThan(1e-4);
  expect(measurePower(await telephone(6000, 0.5))).toBeLessThan(1e-6);
});

// Theory gives eight bits of the μ-law some 38 dB, whatever the level.
it.each([0.8, 0.05])(
  'hears the steps of eight bits over a telephone, at level %f',
  async (level) => {
    const heard = await telephone(1013, level);
    const [re, im] = [Math.cos, Math.sin].map((wave) =>
      heard.reduce((sum, sample, n) => sum + sample * wave((2 * Math.PI * 1013 * n) / 8000), 0),
    );
    const tonePower = (2 * (re! ** 2 + im! ** 2)) / heard.length ** 2;
    const noisePower = measurePower(heard) - tonePower;
    const ratioDb = 10 * Math.log10(tonePower / noisePower);
    expect(ratioDb).toBeGreaterThan(34);
    expect(ratioDb).toBeLessThan(42);
    expect(new Set(heard).size).toBeLessThan(256);
  },
);
