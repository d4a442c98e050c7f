import { computed, signal } from '@preact/signals';
import { type DownloadProgress, defaultUncertainty, type Manifest } from '@ser/runtime/web';
import { toFailure } from '../engine/engine-client.ts';
import type { Failure } from '../engine/protocol.ts';
import { type LabelStyle, styleLabels } from '../label-style.ts';
import { engine } from './engine.ts';

/** The model in use, once it is loaded. */
export const manifest = signal<Manifest | null>(null);
/** Name of the file that the user chose, or null for the page's own model. */
export const ownModelName = signal<string | null>(null);
export const isLoadingModel = signal(true);
/** Share of the model that has come, 0 … 1, or null where the server does not say how long it is. */
export const loadedShare = signal<number | null>(null);
/** Why the model that was asked for last is not in use. */
export const modelFailure = signal<Failure | null>(null);

/** Below this the model in use is uncertain. */
export const leastConfidence = computed(
  () => manifest.value?.uncertainty?.minConfidence ?? defaultUncertainty.minConfidence,
);

const styles = computed(() => styleLabels(manifest.value?.labels ?? []));
const fallback: LabelStyle = { light: '#7d8a86', dark: '#97a5a0', pattern: 0 };

/** How a label of the model in use is drawn. */
export function styleOf(label: string): LabelStyle {
  return styles.value.get(label) ?? fallback;
}

/**
 * Loads the page's own model (null), or a file. The model before stays in use where that fails.
 *
 * @returns whether the model is in use now.
 */
export async function loadModel(file: File | null): Promise<boolean> {
  isLoadingModel.value = true;
  modelFailure.value = null;
  try {
    const onProgress = ({ loadedBytes, totalBytes }: DownloadProgress) => {
      loadedShare.value = totalBytes === undefined ? null : loadedBytes / totalBytes;
    };
    manifest.value = await engine.call('loadModel', { model: file }, { onProgress });
    ownModelName.value = file?.name ?? null;
    return true;
  } catch (error) {
    modelFailure.value = toFailure(error);
    return false;
  } finally {
    isLoadingModel.value = false;
  }
}
