import { computed, type Signal, signal } from '@preact/signals';
import { type DownloadProgress, defaultUncertainty, type Manifest } from '@ser/runtime/web';
import { toFailure } from '../engine/engine-client.ts';
import type { Failure, ModelName } from '../engine/protocol.ts';
import { type LabelStyle, styleLabels } from '../label-style.ts';
import { strings } from '../strings.ts';
import { announce } from './announcer.ts';
import { engine } from './engine.ts';

/** A model of the page, and what is known of it so far. */
export interface PageModel {
  /** What it says of itself, once it is loaded. */
  manifest: Manifest | null;
  /** How far it has come, while it is loaded. */
  loading: DownloadProgress | null;
  /** Why it could not be loaded when that was tried last. */
  failure: Failure | null;
}

const preferenceKey = 'speech-emotion.model';
const idle: PageModel = { manifest: null, loading: null, failure: null };

export const models: Readonly<Record<ModelName, Signal<PageModel>>> = {
  small: signal(idle),
  default: signal(idle),
  own: signal(idle),
};

/** Whether the page has a small model beside the default one; a server may put one of its own there. */
export const hasSmallModel =
  document.querySelector<HTMLMetaElement>('meta[name=models]')?.content.includes('small') ?? false;
const firstModel: ModelName = hasSmallModel ? 'small' : 'default';

/** Whether the user wants answers of the small model alone, today and at later visits. */
export const prefersSmall = signal(hasSmallModel && readPreference());
/** The model that judges from now on. */
export const judge = signal<ModelName>(firstModel);
/** What that model says of itself, once it is loaded. */
export const manifest = computed(() => models[judge.value].value.manifest);
/** Name of the user's file that is loaded. */
export const ownModelName = signal<string | null>(null);

const styles = computed(() => {
  const known = [models.default, models.small, models.own];
  const labels = known.flatMap(({ value }) => value.manifest?.labels ?? []);
  return styleLabels([...new Set(labels)]);
});
const fallback: LabelStyle = { light: '#7d8a86', dark: '#97a5a0', pattern: 0 };

/** How a label of a loaded model is drawn. */
export function styleOf(label: string): LabelStyle {
  return styles.value.get(label) ?? fallback;
}

/** Below this a model is uncertain. */
export function findLeastConfidence(manifest: Manifest | null): number {
  return manifest?.uncertainty?.minConfidence ?? defaultUncertainty.minConfidence;
}

/** A model in words: `the small model, ser-bilstm`. */
export function nameModel(model: ModelName, { name }: Manifest): string {
  const role = model === 'default' && !hasSmallModel ? 'only' : model;
  return strings.modelNamed(strings.modelRoles[role], name);
}

/** Loads the model that answers first. */
export async function loadFirstModel(): Promise<void> {
  await load(firstModel, null);
}

/** Loads the default model, unless the small one is to do; it judges from then on. */
export async function loadDefaultModel(): Promise<void> {
  const { value } = models.default;
  if (prefersSmall.value || value.loading) return;
  if (!value.manifest && !(await load('default', null))) return;
  if (judge.value !== 'small' || prefersSmall.value) return;
  judge.value = 'default';
  announce(strings.defaultReady);
}

/** Has the small model judge alone, or the default one as soon as it has come; the next visits too. */
export async function preferSmall(isWanted: boolean): Promise<void> {
  prefersSmall.value = isWanted;
  writePreference(isWanted);
  if (isWanted && judge.value === 'default') judge.value = 'small';
  if (!isWanted) await loadDefaultModel();
}

/**
 * Loads a model file of the user's, which judges from then on. Where it is refused the model before
 * goes on.
 *
 * @returns whether the file is in use now.
 */
export async function useOwnModel(file: File): Promise<boolean> {
  if (!(await load('own', file))) return false;
  ownModelName.value = file.name;
  judge.value = 'own';
  return true;
}

/** Has the page's own models judge again. */
export function leaveOwnModel(): void {
  const isThere = models.default.value.manifest !== null && !prefersSmall.value;
  judge.value = isThere ? 'default' : firstModel;
  ownModelName.value = null;
  models.own.value = idle;
}

async function load(model: ModelName, file: File | null): Promise<boolean> {
  const state = models[model];
  const { manifest: before } = state.value;
  const nothing: DownloadProgress = { loadedBytes: 0, totalBytes: undefined };
  state.value = { manifest: before, loading: nothing, failure: null };
  try {
    const onProgress = (loading: DownloadProgress) => {
      state.value = { ...state.value, loading };
    };
    const manifest = await engine.call('loadModel', { model, file }, { onProgress });
    state.value = { manifest, loading: null, failure: null };
    return true;
  } catch (error) {
    state.value = { manifest: before, loading: null, failure: toFailure(error) };
    return false;
  }
}

/** Browsers may withhold what they keep for pages; the choice then holds for this visit. */
function readPreference(): boolean {
  try {
    return localStorage.getItem(preferenceKey) === 'small';
  } catch {
    return false;
  }
}

function writePreference(isSmall: boolean): void {
  try {
    if (isSmall) localStorage.setItem(preferenceKey, 'small');
    else localStorage.removeItem(preferenceKey);
  } catch {}
}
