import { formatShare } from '../format.ts';
import { LabelSwatch } from '../parts/label-swatch.tsx';
import {
  type Clip,
  clips,
  isComparing,
  removeAllClips,
  removeClip,
  selectClip,
  selectedId,
} from '../state/clips.ts';
import { strings } from '../strings.ts';

/** The clips so far, each with its label; one is shown beside. */
export function ClipList() {
  return (
    <section class="clip-list" aria-label={strings.clipList}>
      <div class="clip-list-head">
        <h2>{strings.clipList}</h2>
        {clips.value.length > 1 && (
          <>
            <button
              type="button"
              class="button is-small"
              aria-pressed={isComparing.value}
              onClick={() => {
                isComparing.value = !isComparing.value;
              }}
            >
              {strings.compare}
            </button>
            <button type="button" class="button is-small is-plain" onClick={removeAllClips}>
              {strings.removeAll}
            </button>
          </>
        )}
      </div>
      <ul>
        {clips.value.map((clip) => (
          <ClipItem key={clip.id} clip={clip} />
        ))}
      </ul>
    </section>
  );
}

function ClipItem({ clip }: { clip: Clip }) {
  const isShown = clip.id === selectedId.value && !isComparing.value;
  return (
    <li class={isShown ? 'clip-item is-shown' : 'clip-item'}>
      <button
        type="button"
        class="clip-button"
        aria-current={isShown ? 'true' : undefined}
        onClick={() => selectClip(clip.id)}
      >
        <span class="clip-name">{clip.name}</span>
        <ClipSummary clip={clip} />
      </button>
      <button
        type="button"
        class="remove"
        aria-label={strings.removeClip(clip.name)}
        onClick={() => removeClip(clip)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M4 4l8 8M12 4l-8 8" />
        </svg>
      </button>
    </li>
  );
}

function ClipSummary({ clip }: { clip: Clip }) {
  const state = clip.state.value;
  switch (state.kind) {
    case 'waiting':
      return <span class="clip-state">{strings.waiting}</span>;
    case 'working':
      return <span class="clip-state">{strings.decoding}</span>;
    case 'failed':
      return <span class="clip-state is-failed">{strings.failedShort}</span>;
    case 'judged': {
      const { label, confidence, uncertain } = state.overview.prediction;
      return (
        <span class="clip-state">
          {label !== null && <LabelSwatch label={label} />}
          {label === null ? strings.unheard : `${label}, ${formatShare(confidence)}`}
          {label !== null && uncertain && <span class="doubt-mark"> ?</span>}
          {clip.origin === 'sample' && <span class="tag">{strings.sampleTag}</span>}
        </span>
      );
    }
  }
}
