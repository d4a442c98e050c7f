import { FailureNote } from '../parts/failure-note.tsx';
import { FileChooser } from '../parts/file-chooser.tsx';
import { addFiles, clips, isComparing, selectedId } from '../state/clips.ts';
import { addSample, sampleFiles } from '../state/samples.ts';
import { strings } from '../strings.ts';
import { ClipList } from './clip-list.tsx';
import { CompareView } from './compare-view.tsx';
import { ResultView } from './result-view.tsx';

const accepted =
  'audio/*,video/mp4,video/webm,.wav,.w64,.aif,.aiff,.au,.caf,.flac,.mp3,.ogg,.oga,.opus,.m4a,.webm';

/** Where clips come in and are shown: the empty page, or the list beside one result. */
export function ClipsView() {
  if (clips.value.length === 0) return <EmptyView />;
  return (
    <div class="workspace">
      <aside class="side">
        <ClipList />
        <section class="picker is-small">
          <p>{strings.dropMore}</p>
          <FileChooser accept={accepted} isMultiple isQuiet onFiles={(files) => addFiles(files)}>
            {strings.choose}
          </FileChooser>
          <Samples />
        </section>
      </aside>
      <div class="stage">{isComparing.value ? <CompareView /> : <SelectedClip />}</div>
    </div>
  );
}

function EmptyView() {
  return (
    <div class="hero">
      <h2 class="hero-title">{strings.hero}</h2>
      <p class="hero-text">{strings.heroText}</p>
      <section class="picker">
        <svg class="picker-wave" viewBox="0 0 120 32" aria-hidden="true">
          <path d="M4 14v4M12 11v10M20 13v6M28 8v16M36 4v24M44 10v12M52 6v20M60 2v28M68 8v16M76 12v8M84 5v22M92 10v12M100 13v6M108 11v10M116 14v4" />
        </svg>
        <p class="picker-prompt">{strings.drop}</p>
        <FileChooser accept={accepted} isMultiple onFiles={(files) => addFiles(files)}>
          {strings.choose}
        </FileChooser>
        <p class="hint">{strings.formats}</p>
      </section>
      <Samples isLong />
    </div>
  );
}

function Samples({ isLong = false }: { isLong?: boolean }) {
  return (
    <div class="samples">
      <p>{strings.samples}</p>
      <ul>
        {sampleFiles.map((file) => (
          <li key={file}>
            <button type="button" class="chip" onClick={() => addSample(file)}>
              {strings.sampleNames[file]}
            </button>
          </li>
        ))}
      </ul>
      {isLong && <p class="hint">{strings.samplesHint}</p>}
    </div>
  );
}

function SelectedClip() {
  const clip = clips.value.find(({ id }) => id === selectedId.value);
  if (!clip) return null;
  const state = clip.state.value;
  switch (state.kind) {
    case 'waiting':
    case 'working':
      return (
        <section class="card waiting" aria-busy="true">
          <h2>{clip.name}</h2>
          <p class="loading">
            <progress aria-label={strings.listeningTo(clip.name)} />
            {strings.listeningTo(clip.name)}
          </p>
        </section>
      );
    case 'failed':
      return (
        <FailureNote title={strings.clipFailed} failure={state.failure}>
          <p class="hint">{strings.retryHint}</p>
        </FailureNote>
      );
    case 'judged':
      return <ResultView key={clip.id} clip={clip} overview={state.overview} />;
  }
}
