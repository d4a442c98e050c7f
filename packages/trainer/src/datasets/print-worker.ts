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
    printed.push(await printFile(path, dsp).catch(() => null));
  }
  return printed;
}

async function printFile(path: string, dsp: Dsp): Promise<PrintedWave | null> {
  const clip = await decodeAudio(await readFile(path));
  // What no training can use has no print: the extraction of its features says why.
  const wave = printClip(clip, dsp);
  return wave && { sampleRateHz: clip.sampleRateHz, wave };
}
