import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetCheck } from '../../src/datasets/check-dataset.ts';
import { encodePcmWav } from '../../src/datasets/synthetic/pcm-wav.ts';

// Its worker threads run what is built.
const { checkDataset }: typeof import('../../src/datasets/check-dataset.ts') = await import(
  new URL('../../dist/datasets/check-dataset.js', import.meta.url).href
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ser-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** A tone that no other clip sounds like. */
function makeTone(sec = 0.5, rateHz = 16_000, gain = 0.3): Uint8Array {
  const stepHz = 250 + ((37 * made++) % 1500);
  const samples = Float32Array.from({ length: sec * rateHz }, (_, at) =>
    Math.max(-1, Math.min(1, gain * Math.sin((2 * Math.PI * stepHz * at) / rateHz))),
  );
  return encodePcmWav(samples, rateHz);
}

function write(name: string, content: Uint8Array | string = makeTone()): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Six clips of a label, three of each speaker. */
function writeLabel(label: string, speakers = ['anna', 'ben'], clips = 3): void {
  for (const speaker of speakers) {
    for (let at = 0; at < clips; at++) write(`${label}/${speaker}_${at}.wav`);
  }
}

const codesOf = ({ findings }: DatasetCheck) =>
  findings.map(({ severity, code }) => `${severity} ${code}`);

describe('checkDataset', () => {
  it('counts, and has nothing to say of a good corpus', async () => {
    writeLabel('happy');
    writeLabel('sad');
    const check = await checkDataset([folder]);
    expect(check).toMatchObject({
      clips: 12,
      labels: [
        { label: 'happy', clips: 6, speakers: 2 },
        { label: 'sad', clips: 6, speakers: 2 },
      ],
      rates: [{ sampleRateHz: 16_000, clips: 12 }],
      durations: { shortestSec: 0.5, medianSec: 0.5, longestSec: 0.5 },
      skipped: [],
      findings: [],
    });
    expect(check.speakers.map(({ clips }) => clips)).toEqual([6, 6]);
    expect(check.durations.totalSec).toBeCloseTo(6);
  });

  it.each<[string, () => void, string]>([
    ['one label', () => {}, 'error one-label'],
    ['a label of two clips', () => writeLabel('sad', ['anna', 'ben'], 1), 'error few-clips'],
    ['a label of four clips', () => writeLabel('sad', ['anna', 'ben'], 2), 'warning few-clips'],
    [
      'a label ten times as frequent',
      () => {
        writeLabel('sad');
        writeLabel('happy', ['anna', 'ben'], 30);
      },
      'warning imbalance',
    ],
    [
      'a label of one speaker',
      () => {
        writeLabel('sad');
        writeLabel('angry', ['ben'], 6);
      },
      'warning label-of-one-speaker',
    ],
    ['names without a speaker', () => writeLabel('sad', ['take'], 6), 'warning unknown-speakers'],
    [
      'a twin',
      () => {
        const twin = makeTone();
        writeLabel('sad');
        write('sad/ben_8.wav', twin);
        write('sad/ben_9.wav', twin);
      },
      'warning twins',
    ],
    [
      'twins with two labels',
      () => {
        const twin = makeTone();
        writeLabel('sad');
        write('sad/ben_8.wav', twin);
        write('happy/ben_9.wav', twin);
      },
      'warning conflicting-twins',
    ],
    [
      'a silent clip',
      () => {
        writeLabel('sad');
        write('sad/ben_9.wav', makeTone(0.5, 16_000, 0));
      },
      'warning silent',
    ],
    [
      'a clip of noise',
      () => {
        writeLabel('sad');
        write('sad/ben_9.wav', 'no sound');
      },
      'warning unreadable',
    ],
    [
      'many broken files',
      () => {
        writeLabel('sad');
        for (const at of [5, 6, 7, 8]) write(`sad/ben_${at}.wav`, `none ${at}`);
      },
      'error unreadable',
    ],
    [
      'a clip that is too loud',
      () => {
        writeLabel('sad');
        write('sad/ben_9.wav', makeTone(0.5, 16_000, 3));
      },
      'warning clipped',
    ],
    [
      'two sample rates',
      () => {
        writeLabel('sad');
        write('sad/ben_9.wav', makeTone(0.5, 8000));
      },
      'warning mixed-rates',
    ],
  ])('finds %s', async (_, spoil, expected) => {
    writeLabel('happy');
    spoil();
    const codes = codesOf(await checkDataset([folder]));
    expect(codes).toContain(expected);
    expect(codes).toEqual(
      [...codes].sort((a, b) => Number(b.startsWith('error')) - Number(a.startsWith('error'))),
    );
  });

  it('finds a label that one of two corpora has', async () => {
    for (const corpus of ['one', 'two']) {
      writeLabel(`${corpus}/happy`);
      writeLabel(`${corpus}/sad`);
    }
    writeLabel('two/angry');
    const check = await checkDataset([join(folder, 'one'), join(folder, 'two')]);
    expect(codesOf(check)).toEqual(['warning label-of-one-corpus']);
    expect(check.findings[0]!.message).toContain('angry (two)');
  });

  it('finds one speaker', async () => {
    writeLabel('happy', ['anna'], 6);
    writeLabel('sad', ['anna'], 6);
    expect(codesOf(await checkDataset([folder]))).toEqual(['warning one-speaker']);
  });

  it('names what a training would leave out, and why', async () => {
    writeLabel('happy');
    writeLabel('sad');
    write('sad/ben_9.wav', makeTone(0.01));
    const { skipped, findings } = await checkDataset([folder]);
    expect(skipped).toEqual([
      { path: join(folder, 'sad/ben_9.wav'), reason: expect.stringContaining('10.0 ms') },
    ]);
    expect(findings[0]!.files).toEqual([join(folder, 'sad/ben_9.wav')]);
  });

  it('stops at a signal', async () => {
    writeLabel('happy');
    await expect(checkDataset([folder], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
