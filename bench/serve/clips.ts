import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAudio } from '@ser/runtime/core';
import { encodePcmWav } from '@ser/trainer/internal/datasets/synthetic/pcm-wav';
import { makeLongClip } from '../features/clips.ts';

/** Bodies of requests. */
export interface Uploads {
  source: string;
  files: Buffer[];
  meanSec: number;
}

const meanSec = 3.7;

/** The clips of a folder that last 3.2 to 4.2 s, or a synthetic one of 3.7 s, as files of 16-bit WAV. */
export async function loadUploads(folder: string | undefined): Promise<Uploads> {
  if (folder === undefined) {
    const rateHz = 48_000;
    return {
      source: 'synthetic',
      files: [Buffer.from(encodePcmWav(makeLongClip(meanSec, rateHz), rateHz))],
      meanSec,
    };
  }
  const files: Buffer[] = [];
  let sumSec = 0;
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(wav|flac)$/.test(name)) continue;
    const file = readFileSync(join(folder, name));
    const { samples, sampleRateHz } = await decodeAudio(file);
    const seconds = samples.length / sampleRateHz;
    if (Math.abs(seconds - meanSec) > 0.5) continue;
    files.push(file);
    sumSec += seconds;
  }
  if (files.length === 0) throw new Error(`${folder} holds no clip of 3.2 to 4.2 s.`);
  return {
    source: `${files.length} clips from a folder of speech`,
    files,
    meanSec: sumSec / files.length,
  };
}
