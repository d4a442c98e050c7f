import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Segment } from '@ser/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { encodeFloatWav } from '../support/encode-float-wav.ts';
import { readSerOutput, root } from '../support/run-ser.ts';

const model = join(root, 'packages/runtime/test/fixtures/tiny-model.onnx');
const rate = 16000;
let folder: string;
let recording: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ser-timeline-'));
  recording = join(folder, 'talk.wav');
  const samples = new Float32Array(8 * rate);
  for (const startSec of [1, 5]) samples.set(synthesiseVoice(2, rate), startSec * rate);
  await writeFile(recording, encodeFloatWav(samples, rate));
});
afterAll(() => rm(folder, { recursive: true }));

function printTimeline(...flags: string[]): Promise<string> {
  return readSerOutput(['predict', recording, '--timeline', '--model', model, ...flags]);
}

it('finds both voices, and prints them in every format', async () => {
  const segments = JSON.parse(await printTimeline('--json')) as Segment[];
  expect(segments).toHaveLength(2);
  segments.forEach(({ startSec, endSec }, index) => {
    expect(Math.abs(startSec - [1, 5][index]!)).toBeLessThan(0.25);
    expect(Math.abs(endSec - [3, 7][index]!)).toBeLessThan(0.25);
  });
  expect(await printTimeline()).toMatch(
    /^(\d\d:\d\d:\d\d\.\d{3} - \d\d:\d\d:\d\d\.\d{3} {2}[a-z]+ \(\d\.\d\d\)\n){2}$/,
  );
  expect(await printTimeline('--format', 'csv')).toMatch(
    /^startSec,endSec,label,confidence\n(\d\.\d+,\d\.\d+,[a-z]+,\d\.\d+\n){2}$/,
  );
  expect(await printTimeline('--format', 'vtt')).toMatch(
    /^WEBVTT\n(\n[\d:.]+ --> [\d:.]+\n.+\n){2}$/,
  );
  expect(await printTimeline('--format', 'audacity')).toMatch(/^([\d.]+\t[\d.]+\t.+\n){2}$/);
}, 60_000);
