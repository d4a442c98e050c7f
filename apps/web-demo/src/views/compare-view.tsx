import { saveFile } from '../export/save-file.ts';
import { writeCsv, writeJson } from '../export/write-results.ts';
import { formatDuration, formatShare } from '../format.ts';
import { colourVariables } from '../parts/label-colours.ts';
import { LabelSwatch } from '../parts/label-swatch.tsx';
import { type Clip, clips, listLabels, selectClip } from '../state/clips.ts';
import { styleOf } from '../state/model.ts';
import { strings } from '../strings.ts';

/** All clips side by side: a row each, a column for every label. */
export function CompareView() {
  const labels = listLabels(clips.value);
  return (
    <section class="card compare">
      <h2>{strings.compareHeading}</h2>
      <p class="hint">{strings.compareHint}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section class="table-box" tabIndex={0} aria-label={strings.compareHeading}>
        <table>
          <thead>
            <tr>
              <th scope="col">{strings.clip}</th>
              <th scope="col">{strings.length}</th>
              {labels.map((label) => (
                <th key={label} scope="col">
                  <LabelSwatch label={label} />
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {clips.value.map((clip) => (
              <Row key={clip.id} clip={clip} labels={labels} />
            ))}
          </tbody>
        </table>
      </section>
      <div class="row">
        <span>{strings.exportAll}</span>
        <button
          type="button"
          class="button"
          onClick={() =>
            saveFile(writeJson(clips.value), 'speech-emotion.json', 'application/json')
          }
        >
          {strings.exportKinds.json}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => saveFile(writeCsv(clips.value, labels), 'speech-emotion.csv', 'text/csv')}
        >
          {strings.exportKinds.csv}
        </button>
      </div>
    </section>
  );
}

function Row({ clip, labels }: { clip: Clip; labels: readonly string[] }) {
  const state = clip.state.value;
  const name = (
    <th scope="row">
      <button type="button" class="link" onClick={() => selectClip(clip.id)}>
        {clip.name}
      </button>
      {state.kind === 'judged' && (
        <p class="row-judge" data-model={state.overview.model}>
          <span class="visually-hidden">{strings.judgedBy('')}</span>
          {state.overview.manifest.name}
        </p>
      )}
    </th>
  );
  if (state.kind !== 'judged') {
    const text = state.kind === 'failed' ? strings.failedShort : strings.decoding;
    return (
      <tr>
        {name}
        <td colSpan={labels.length + 1} class="clip-state">
          {text}
        </td>
      </tr>
    );
  }
  const { prediction } = state.overview;
  if (prediction.label === null) {
    return (
      <tr>
        {name}
        <td>{formatDuration(prediction.durationSec)}</td>
        <td colSpan={labels.length} class="clip-state">
          {strings.unheard}
        </td>
      </tr>
    );
  }
  return (
    <tr>
      {name}
      <td>{formatDuration(prediction.durationSec)}</td>
      {labels.map((label) => {
        const share = prediction.probabilities[label];
        if (share === undefined) return <td key={label}>{strings.unknownLabel}</td>;
        const style = { ...colourVariables(styleOf(label)), '--share': `${share}` };
        return (
          <td
            key={label}
            class={label === prediction.label ? 'cell is-best' : 'cell'}
            style={style}
          >
            <span>{formatShare(share)}</span>
          </td>
        );
      })}
    </tr>
  );
}
