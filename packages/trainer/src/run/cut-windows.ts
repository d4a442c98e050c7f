import type { FeatureMatrix } from '@ser/dsp-wasm';
import { listWindows } from '@ser/runtime/core';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { extractWindows } from '../features/extract-clips.ts';
import { joinFrames, sliceFrames } from '../features/frames.ts';
import { measureFrameRate, type Representation } from '../features/representation.ts';
import { groupBy } from '../group-by.ts';

/** A window of the clips that one speaker spoke with one label. */
export interface ClipWindow extends Pick<Clip, 'corpus' | 'speaker' | 'label'> {
  matrix: FeatureMatrix;
}

/** What windows are cut from. */
export interface WindowSource {
  representation: Representation;
  matrices: ReadonlyMap<Clip, FeatureMatrix>;
  signal?: AbortSignal | undefined;
}

/**
 * Cuts clips as a timeline cuts a recording, in windows of 3 s every second that begin and end
 * wherever they do: what one speaker spoke with one label is joined before. Frames are cut from
 * those of the clips; where a clip has one row for all of it, windows are cut from its samples.
 */
export async function cutWindows(
  clips: readonly Clip[],
  { representation, matrices, signal }: WindowSource,
): Promise<ClipWindow[]> {
  const groups = [...groupBy(clips, (clip) => `${speakerKey(clip)}/${clip.label}`).values()];
  const frameRateHz = measureFrameRate(representation);
  const cut =
    frameRateHz === null
      ? await extractWindows(groups, { representation, signal })
      : groups.map((group) => {
          const joined = joinFrames(group.map((clip) => matrices.get(clip)!));
          const windows = listWindows({ length: joined.frames, sampleRateHz: frameRateHz });
          return windows.map((range) => sliceFrames(joined, range));
        });
  return groups.flatMap((group, at) => {
    const { corpus, speaker, label } = group[0]!;
    return cut[at]!.map((matrix) => ({ corpus, speaker, label, matrix }));
  });
}
