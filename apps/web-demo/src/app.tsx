import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { findShare, formatDownload } from './format.ts';
import { FailureNote } from './parts/failure-note.tsx';
import { announcement } from './state/announcer.ts';
import { addFiles } from './state/clips.ts';
import { judge, loadDefaultModel, manifest, models, prefersSmall } from './state/model.ts';
import { view, viewNames } from './state/view.ts';
import { strings } from './strings.ts';
import { ClipsView } from './views/clips-view.tsx';
import { LiveView } from './views/live-view.tsx';
import { ModelView } from './views/model-view.tsx';

const isDraggedOver = signal(false);

/** The whole page: its head, and the view that the address names. */
export function App() {
  useEffect(takeDroppedAndPastedFiles, []);
  return (
    <>
      <button
        type="button"
        class="skip"
        onClick={() => document.querySelector<HTMLElement>('#content')?.focus()}
      >
        {strings.skip}
      </button>
      <header class="top">
        <div class="top-inside">
          <h1 class="brand">
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <rect width="32" height="32" rx="9" />
              <path d="M7 14v4M12 9v14M16 12v8M20 7v18M25 13v6" />
            </svg>
            {strings.title}
          </h1>
          <nav aria-label={strings.navigation}>
            {viewNames.map((name) => (
              <a
                key={name}
                href={`#${name}`}
                aria-current={view.value === name ? 'page' : undefined}
              >
                {strings.views[name]}
              </a>
            ))}
          </nav>
          <p class="privacy" title={strings.privacyHint}>
            {strings.privacy}
          </p>
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        class={isDraggedOver.value ? 'is-target' : undefined}
        data-judge={judge.value}
      >
        <ModelState />
        {view.value === 'clips' && <ClipsView />}
        {view.value === 'live' && <LiveView />}
        {view.value === 'model' && <ModelView />}
        <DefaultModelState />
      </main>
      <footer class="bottom">
        <p>
          {strings.limitsShort} <a href="#model">{strings.limitsLink}</a>
        </p>
      </footer>
      {isDraggedOver.value && <p class="drop-veil">{strings.dropNow}</p>}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}

function ModelState() {
  const { loading, failure } = models[judge.value].value;
  if (!manifest.value && failure)
    return <FailureNote title={strings.modelFailed} failure={failure} />;
  if (manifest.value || !loading) return null;
  return (
    <p class="loading">
      <progress value={findShare(loading)} aria-label={strings.modelLoading} />{' '}
      {strings.modelLoading}
    </p>
  );
}

/** How far the default model has come while the small one judges; below, so that nothing moves. */
function DefaultModelState() {
  const { loading, failure } = models.default.value;
  if (judge.value !== 'small' || !manifest.value || prefersSmall.value) return null;
  if (failure) {
    return (
      <p class="coming">
        {strings.defaultFailed} {failure.message}
        <button type="button" class="button is-small" onClick={() => void loadDefaultModel()}>
          {strings.tryAgain}
        </button>
      </p>
    );
  }
  if (!loading) return null;
  return (
    <p class="coming is-loading">
      <progress value={findShare(loading)} aria-label={strings.defaultLoading} />
      {strings.defaultComing(formatDownload(loading))}
    </p>
  );
}

/** Files may be dropped and pasted anywhere, in any view. */
function takeDroppedAndPastedFiles(): () => void {
  const controller = new AbortController();
  const { signal: stop } = controller;
  const hasFiles = (transfer: DataTransfer | null) => transfer?.types.includes('Files') ?? false;
  const take = (transfer: DataTransfer | null): boolean => {
    const files = transfer?.files;
    if (!files || files.length === 0) return false;
    location.hash = '#clips';
    addFiles(files);
    return true;
  };
  window.addEventListener(
    'dragover',
    (event) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      isDraggedOver.value = true;
    },
    { signal: stop },
  );
  window.addEventListener(
    'dragleave',
    (event) => {
      if (event.relatedTarget === null) isDraggedOver.value = false;
    },
    { signal: stop },
  );
  window.addEventListener(
    'drop',
    (event) => {
      event.preventDefault();
      isDraggedOver.value = false;
      take(event.dataTransfer);
    },
    { signal: stop },
  );
  window.addEventListener(
    'paste',
    (event) => {
      if (take(event.clipboardData)) event.preventDefault();
    },
    { signal: stop },
  );
  return () => controller.abort();
}
