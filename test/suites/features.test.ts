import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDsp, resolveFeatureConfig } from '@ser/dsp-wasm';
import { expect, it } from 'vitest';
import { encodeFloatWav } from '../support/encode-float-wav.ts';
import { readNpy } from '../support/read-npy.ts';
import { runSer } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const at = (name: string) => join(folder, name);
const sampleRateHz = 16_000;
const tone = Float32Array.from(
  { length: 8000 },
  (_, n) => 0.3 * Math.sin((2 * Math.PI * 220 * n) / sampleRateHz),
);

async function writeTone(): Promise<string> {
  await writeFile(at('tone.wav'), encodeFloatWav(tone, sampleRateHz));
  return at('tone.wav');
}

it('writes the matrix as .npy, .csv and .json, and pictures as PNG and SVG', async () => {
  const clip = await writeTone();
  const outputs = ['tone.npy', 'tone.csv', 'tone.json'].map(at);
  const flags = ['--sample-rate-hz', '16000', '--sets', 'mel,f0', '--mel-bands', '32'];
  for (const out of outputs) {
    const { exitCode, stderr } = await runSer(['features', clip, '--out', out, ...flags]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  }
  const dsp = await loadDsp();
  const config = resolveFeatureConfig({ sampleRateHz, sets: ['mel', 'f0'], mel: { bands: 32 } });
  const expected = dsp.createExtractor(config).extract(tone);

  expect(readNpy(at('tone.npy'))).toEqual(expected);

  const [header, first] = (await readFile(at('tone.csv'), 'utf8')).split('\n');
  expect(header!.split(',').slice(0, 2)).toEqual(['time_sec', 'mel_0']);
  expect(first!.split(',').map(Number).slice(1)).toEqual([...expected.data.slice(0, 34)]);

  const json = JSON.parse(await readFile(at('tone.json'), 'utf8'));
  expect(json.names).toHaveLength(34);
  expect(json.frames).toHaveLength(expected.frames);
  expect(json.frameTimesSec[1]).toBe(512 / sampleRateHz);

  const pictures = ['--png', at('tone.png'), '--svg', at('tone.svg')];
  expect((await runSer(['features', clip, ...pictures])).exitCode).toBe(0);
  const png = await readFile(at('tone.png'));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBe(1800);
  expect(await readFile(at('tone.svg'), 'utf8')).toMatch(/<svg .*width="900"/);
});

it('takes settings that Windows saved', async () => {
  const settings = { sets: ['mfcc'], mfcc: { coefficients: 13 } };
  for (const encoding of ['utf8', 'utf16le'] as const) {
    await writeFile(at('windows.json'), Buffer.from(`\ufeff${JSON.stringify(settings)}`, encoding));
    const flags = ['--config', at('windows.json'), '--out', at('windows.npy')];
    const { exitCode, stdout } = await runSer(['features', await writeTone(), ...flags]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ 13 features\n$/);
  }
});

it('takes settings as Whisper has them, and draws them', async () => {
  const clip = await writeTone();
  const [out, png] = [at('whisper.npy'), at('whisper.png')];
  const { exitCode, stderr } = await runSer([
    ...['features', clip, '--out', out, '--png', png, '--sample-rate-hz', '16000'],
    ...['--fft-length', '400', '--hop-length', '160', '--pad-mode', 'reflect'],
    ...['--drop-last-frame', 'true', '--sets', 'mel', '--mel-bands', '80', '--mel-unit', 'whisper'],
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const extractor = (await loadDsp()).createExtractor({
    ...{ sampleRateHz, fftLength: 400, hopLength: 160, padMode: 'reflect', dropLastFrame: true },
    sets: ['mel'],
    mel: { bands: 80, unit: 'whisper' },
  });
  expect(readNpy(out)).toEqual(extractor.extract(tone));
  expect((await readFile(png)).subarray(1, 4).toString()).toBe('PNG');
});

it.each([
  ['an impossible value', ['--out', 'x.npy', '--win-length', '4096'], /winLength is 4096/],
  ['an impossible length', ['--out', 'x.npy', '--fft-length', '1022'], /factor but 2, 3 and 5/],
  ['an unknown ending', ['--out', 'x.txt'], /\.npy, \.csv or \.json/],
  ['nothing to write', [], /nothing to write/],
])('takes %s as wrong usage', async (_, flags, reason) => {
  const { exitCode, stderr } = await runSer(['features', await writeTone(), ...flags]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(reason);
});
