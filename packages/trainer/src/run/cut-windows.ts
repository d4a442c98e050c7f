import type { FeatureMatrix } from '@ser/dsp-wasm';
import { listWindows } from '@ser/runtime/core';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { joinFrames, sliceFrames } from '../features/frames.ts';
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
    const joined = joinFrames(group.map((clip) => matrices.get(clip)!));
    const windows = listWindows({ length: joined.frames, sampleRateHz: frameRateHz });
    return windows.map((range) => ({
      ...{ corpus, speaker, label },
      matrix: sliceFrames(joined, range),
    }));
  });
}
