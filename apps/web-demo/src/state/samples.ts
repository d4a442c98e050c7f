import { strings } from '../strings.ts';
import { announce } from './announcer.ts';
import { addClips } from './clips.ts';

export const sampleFiles = Object.keys(strings.sampleNames) as (keyof typeof strings.sampleNames)[];

/** Fetches one of the page's own synthetic clips, and judges it. */
export async function addSample(file: keyof typeof strings.sampleNames): Promise<void> {
  const name = strings.sampleClip(strings.sampleNames[file]);
  try {
    const response = await fetch(new URL(`samples/${file}`, document.baseURI));
    if (!response.ok) throw new Error(`${response.status}`);
    addClips([{ name, origin: 'sample', source: new File([await response.blob()], file) }]);
  } catch (error) {
    announce(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
