import type { FeatureMatrix } from '@ser/dsp-wasm';
import { listWindows } from '@ser/runtime/core';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { groupBy } from '../group-by.ts';

/** A window of the clips that one speaker spoke with one label. */
export interface ClipWindow extends Pick<Clip, 'corpus' | 'speaker' | 'label'> {
  matrix: FeatureMatrix;
}

/**
 * Cuts clips as a timeline cuts a recording, in windows of 3 s every second that begin and end
 * wherever they do: the features of what one speaker spoke with one label are joined before.
 *
 * @param frameRateHz frames of a second
 */
export function cutWindows(
  clips: readonly Clip[],
  matrices: ReadonlyMap<Clip, FeatureMatrix>,
  frameRateHz: number,
): ClipWindow[] {
  const groups = groupBy(clips, (clip) => `${speakerKey(clip)}/${clip.label}`);
  return [...groups.values()].flatMap((group) => {
    const { corpus, speaker, label } = group[0]!;
    const { data, frames, features } = joinFrames(group.map((clip) => matrices.get(clip)!));
    const windows = listWindows({ length: frames, sampleRateHz: frameRateHz });
    return windows.map(({ start, end }) => ({
      ...{ corpus, speaker, label },
      matrix: {
        data: data.subarray(start * features, end * features),
        frames: end - start,
        features,
      },
    }));
  });
}

function joinFrames(matrices: readonly FeatureMatrix[]): FeatureMatrix {
  const { features } = matrices[0]!;
  const frames = matrices.reduce((sum, matrix) => sum + matrix.frames, 0);
  const data = new Float32Array(frames * features);
  let at = 0;
  for (const matrix of matrices) {
    data.set(matrix.data, at);
    at += matrix.data.length;
  }
  return { data, frames, features };
}
