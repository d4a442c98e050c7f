import { formatSegments } from '@ser/runtime/web';
import type { ClipOverview } from '../engine/protocol.ts';
import { drawResult } from '../export/draw-result.ts';
import { saveFile, toFileStem } from '../export/save-file.ts';
import { writeJson } from '../export/write-results.ts';
import type { Clip } from '../state/clips.ts';
import { strings } from '../strings.ts';

/** Buttons that save what is known of one clip. */
export function ExportRow({ clip, overview }: { clip: Clip; overview: ClipOverview }) {
  const track = clip.track.value;
  const stem = toFileStem(clip.name);
  const segments = track?.segments ?? [];
  const savers = {
    json: () => saveFile(writeJson([clip]), `${stem}.json`, 'application/json'),
    csv: () => saveFile(formatSegments(segments, 'csv'), `${stem}.csv`, 'text/csv'),
    vtt: () => saveFile(formatSegments(segments, 'vtt'), `${stem}.vtt`, 'text/vtt'),
    png: async () => {
      const picture = await drawResult(clip.name, overview, track);
      saveFile(picture, `${stem}.png`, 'image/png');
    },
  };
  return (
    <section class="card exports">
      <h3 id="exports">{strings.exports}</h3>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds what is filled in; these are actions. */}
      <div class="row" role="group" aria-labelledby="exports">
        {(Object.keys(savers) as (keyof typeof savers)[]).map((kind) => (
          <button
            key={kind}
            type="button"
            class="button"
            disabled={!track}
            onClick={() => void savers[kind]()}
          >
            {strings.exportKinds[kind]}
          </button>
        ))}
      </div>
      <p class="hint">{strings.exportHint}</p>
    </section>
  );
}
