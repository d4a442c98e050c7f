import { batch, type Signal, signal } from '@preact/signals';
import type { AudioClip } from '@ser/runtime/web';
import { canPageTry, decodeInPage } from '../audio/decode-in-page.ts';
import { EngineError, toFailure } from '../engine/engine-client.ts';
import type {
  ClipOverview,
  Failure,
  FeaturePicture,
  ModelName,
  PictureKind,
  Track,
} from '../engine/protocol.ts';
import { formatShare } from '../format.ts';
import { strings } from '../strings.ts';
import { announce } from './announcer.ts';
import { engine } from './engine.ts';
import { judge } from './model.ts';

export type ClipOrigin = 'file' | 'sample' | 'microphone';

export type ClipState =
  | { kind: 'waiting' }
  | { kind: 'working' }
  | { kind: 'judged'; overview: ClipOverview }
  | { kind: 'failed'; failure: Failure };

/** A clip on the page, and what is known of it so far. */
export interface Clip {
  id: number;
  name: string;
  origin: ClipOrigin;
  source: File | AudioClip;
  state: Signal<ClipState>;
  track: Signal<Track | null>;
  /** Share of the tracking that is done, or null while there is none. */
  progress: Signal<number | null>;
  trackFailure: Signal<Failure | null>;
  /** Address of the samples as a file to play, once judged. */
  playerUrl: Signal<string | null>;
  pictures: Map<PictureKind, Promise<FeaturePicture>>;
  controller: AbortController;
}

export const clips = signal<readonly Clip[]>([]);
export const selectedId = signal<number | null>(null);
/** Whether the comparison is shown instead of one clip. */
export const isComparing = signal(false);

let nextId = 0;
let isOpening = false;
let isTracking = false;

/** Takes files that were dropped, chosen or pasted, and shows the first of them. */
export function addFiles(files: Iterable<File>, origin: ClipOrigin = 'file'): void {
  addClips(Array.from(files, (file) => ({ name: file.name, origin, source: file })));
}

/** Takes sources of any kind, and shows the first of them. */
export function addClips(added: readonly Pick<Clip, 'name' | 'origin' | 'source'>[]): void {
  const fresh = added.map((clip) => createClip(clip));
  if (fresh.length === 0) return;
  batch(() => {
    clips.value = [...clips.value, ...fresh];
    selectedId.value = fresh[0]!.id;
    isComparing.value = false;
  });
  openWaiting();
}

export function selectClip(id: number): void {
  batch(() => {
    selectedId.value = id;
    isComparing.value = false;
  });
}

export function removeClip(clip: Clip): void {
  clip.controller.abort();
  if (clip.playerUrl.value) URL.revokeObjectURL(clip.playerUrl.value);
  void engine.call('closeClip', { clipId: clip.id });
  const index = clips.value.indexOf(clip);
  batch(() => {
    clips.value = clips.value.filter(({ id }) => id !== clip.id);
    if (selectedId.value === clip.id) {
      selectedId.value = (clips.value[index] ?? clips.value.at(-1))?.id ?? null;
    }
    if (clips.value.length < 2) isComparing.value = false;
  });
}

export function removeAllClips(): void {
  for (const clip of clips.value) removeClip(clip);
}

/** Judges clips anew, by the model that judges now. */
export async function rejudgeClips(which: readonly Clip[]): Promise<void> {
  for (const clip of which) {
    const state = clip.state.value;
    if (state.kind !== 'judged') continue;
    // What is known stays until the new verdict is there, and goes all at once.
    const next = await engine.call('judgeClip', { clipId: clip.id, model: judge.value }).then(
      (verdict): ClipState => ({ kind: 'judged', overview: { ...state.overview, ...verdict } }),
      (error): ClipState => ({ kind: 'failed', failure: toFailure(error) }),
    );
    clip.controller.abort();
    clip.controller = new AbortController();
    clip.pictures.clear();
    batch(() => {
      clip.track.value = null;
      clip.progress.value = null;
      clip.trackFailure.value = null;
      clip.state.value = next;
    });
  }
  trackNext();
}

/** Labels of the models that have judged these clips. */
export function listLabels(which: readonly Clip[]): string[] {
  const labels = which.flatMap(({ state: { value } }) =>
    value.kind === 'judged' ? value.overview.manifest.labels : [],
  );
  return [...new Set(labels)];
}

/** A picture of the features that a model gets of the clip, computed once. */
export function requestPicture(
  clip: Clip,
  kind: PictureKind,
  model: ModelName,
): Promise<FeaturePicture> {
  const known = clip.pictures.get(kind);
  if (known) return known;
  const picture = engine.call('drawFeatures', { clipId: clip.id, kind, model });
  clip.pictures.set(kind, picture);
  return picture;
}

function createClip({ name, origin, source }: Pick<Clip, 'name' | 'origin' | 'source'>): Clip {
  return {
    ...{ id: nextId++, name, origin, source },
    state: signal<ClipState>({ kind: 'waiting' }),
    track: signal<Track | null>(null),
    progress: signal<number | null>(null),
    trackFailure: signal<Failure | null>(null),
    playerUrl: signal<string | null>(null),
    pictures: new Map(),
    controller: new AbortController(),
  };
}

/** One clip after the other, so that the first label comes as soon as it can. */
async function openWaiting(): Promise<void> {
  if (isOpening) return;
  isOpening = true;
  for (;;) {
    const clip = clips.value.find(({ state }) => state.value.kind === 'waiting');
    if (!clip) break;
    await openClip(clip);
  }
  isOpening = false;
  trackNext();
}

async function openClip(clip: Clip): Promise<void> {
  clip.state.value = { kind: 'working' };
  announce(strings.listeningTo(clip.name));
  try {
    const overview = await judgeSource(clip);
    if (!clips.value.includes(clip)) {
      void engine.call('closeClip', { clipId: clip.id });
      return;
    }
    const { label, confidence } = overview.prediction;
    batch(() => {
      clip.playerUrl.value = URL.createObjectURL(overview.playable);
      clip.state.value = { kind: 'judged', overview };
    });
    announce(
      label === null
        ? strings.doneUnheard(clip.name)
        : strings.done(clip.name, label, formatShare(confidence)),
    );
  } catch (error) {
    if (!clips.value.includes(clip)) return;
    const failure = toFailure(error);
    clip.state.value = { kind: 'failed', failure };
    announce(`${strings.clipFailed}. ${failure.message}`);
  }
}

/** By the engine's decoders; where those fail, the browser's own one may read the file. */
async function judgeSource({ id, source, controller }: Clip): Promise<ClipOverview> {
  const { signal } = controller;
  const open = (from: File | AudioClip) =>
    engine.call('openClip', { clipId: id, source: from, model: judge.value }, { signal });
  try {
    return await open(source);
  } catch (error) {
    if (!(source instanceof File) || !canPageTry(error)) throw error;
    // What the engine says of the file is truer than that another decoder fails too.
    const decoded = await decodeInPage(source).catch(() => {
      throw error;
    });
    return open(decoded);
  }
}

/** Follows one clip at a time through time: the one on show first. */
async function trackNext(): Promise<void> {
  if (isTracking || isOpening) return;
  const open = clips.value.filter(
    (clip) =>
      clip.state.value.kind === 'judged' && !clip.track.value && clip.trackFailure.value === null,
  );
  const clip = open.find(({ id }) => id === selectedId.value) ?? open[0];
  if (!clip) return;
  isTracking = true;
  await trackClip(clip);
  isTracking = false;
  void trackNext();
}

/** By the model that has judged the clip as a whole. */
async function trackClip(clip: Clip): Promise<void> {
  const state = clip.state.value;
  if (state.kind !== 'judged') return;
  const { signal } = clip.controller;
  const params = { clipId: clip.id, model: state.overview.model };
  clip.progress.value = 0;
  try {
    const onProgress = (share: number) => {
      clip.progress.value = share;
    };
    const track = await engine.call('trackClip', params, { signal, onProgress });
    if (!signal.aborted) clip.track.value = track;
  } catch (error) {
    const isStopped = signal.aborted && error instanceof EngineError && error.code === 'ABORTED';
    if (!isStopped) clip.trackFailure.value = toFailure(error);
  }
  clip.progress.value = null;
}
