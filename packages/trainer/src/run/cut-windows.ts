import type { FeatureMatrix } from '@ser/dsp-wasm';
import { listWindows } from '@ser/runtime/core';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { extractWindows } from '../features/extract-clips.ts';
import { joinFrames, joinPadded, sliceFrames, splitPadding } from '../features/frames.ts';
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
 * those of the clips, and end with the padding of the last clip where these have any; where a clip has
 * one row for all of it, windows are cut from its samples.
 */
export async function cutWindows(
  clips: readonly Clip[],
  { representation, matrices, signal }: WindowSource,
): Promise<ClipWindow[]> {
  const groups = [...groupBy(clips, (clip) => `${speakerKey(clip)}/${clip.label}`).values()];
  const frameRateHz = measureFrameRate(representation);
  const padFrames = representation.encoder?.padFrames ?? 0;
  const cut =
    frameRateHz === null
      ? await extractWindows(groups, { representation, signal })
      : groups.map((group) => {
          const joined = joinPadded(
            group.map((clip) => matrices.get(clip)!),
            padFrames,
          );
          const { own, padding } = splitPadding(joined, padFrames);
          const windows = listWindows({ length: own.frames, sampleRateHz: frameRateHz });
          return windows.map((range) => {
            const window = sliceFrames(own, range);
            return padding.frames > 0 ? joinFrames([window, padding]) : window;
          });
        });
  return groups.flatMap((group, at) => {
    const { corpus, speaker, label } = group[0]!;
    return cut[at]!.map((matrix) => ({ corpus, speaker, label, matrix }));
  });
}
