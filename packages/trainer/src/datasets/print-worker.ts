import { readFile } from 'node:fs/promises';
import { type Dsp, loadDsp } from '@ser/dsp-wasm';
import { decodeAudio } from '@ser/runtime/core';
import { printClip } from './sound-print.ts';

/** A clip's wave at its print's rate, and the rate of the file. */
export interface PrintedWave {
  sampleRateHz: number;
  wave: Int8Array;
}

let sharedDsp: Promise<Dsp> | undefined;

/** Prints files, in their order; null for one that cannot be read, or has nothing to tell. */
export async function printFiles(paths: readonly string[]): Promise<(PrintedWave | null)[]> {
  sharedDsp ??= loadDsp();
  const dsp = await sharedDsp;
  const printed: (PrintedWave | null)[] = [];
  for (const path of paths) {
    const clip = await readFile(path)
      .then((bytes) => decodeAudio(bytes))
      .catch(() => null);
    const wave = clip && printClip(clip, dsp);
    printed.push(wave && { sampleRateHz: clip.sampleRateHz, wave });
  }
  return printed;
}
