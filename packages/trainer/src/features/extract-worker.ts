import { readFile } from 'node:fs/promises';
import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import { createFrontEnd, decodeAudio, type FrontEnd, type FrontEndConfig } from '@ser/runtime/core';

/** One clip to extract. */
export interface ExtractTask {
  path: string;
  frontEnd: FrontEndConfig;
}

/** The clip's matrix, or why there is none. */
export type ExtractOutcome = { matrix: FeatureMatrix } | { failure: string };

let current: { key: string; frontEnd: Promise<FrontEnd> } | undefined;

/** Decodes one clip and computes its features; a clip that cannot be read is an outcome, not an error. */
export async function extractClip({ path, frontEnd }: ExtractTask): Promise<ExtractOutcome> {
  const key = JSON.stringify(frontEnd);
  if (current?.key !== key) current = { key, frontEnd: createFrontEnd(frontEnd) };
  try {
    const clip = await decodeAudio(await readFile(path));
    return { matrix: (await current.frontEnd).process(clip) };
  } catch (error) {
    if (error instanceof SerError) return { failure: error.message };
    if (error instanceof Error && 'code' in error) return { failure: error.message };
    throw error;
  }
}
