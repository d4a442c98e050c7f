import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BenchClips {
  features: number;
  frames: number[];
  labels: number[];
}

/** The clips that all contenders train on, as `run.ts` wrote them. */
export function readClips(folder: string) {
  const index = JSON.parse(readFileSync(join(folder, 'clips.json'), 'utf8')) as BenchClips;
  const bytes = readFileSync(join(folder, 'features.f32'));
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let start = 0;
  return index.frames.map((frames, at) => {
    const end = start + frames * index.features;
    const data = values.slice(start, end);
    start = end;
    return { matrix: { data, frames, features: index.features }, label: index.labels[at]! };
  });
}
