import { signal } from '@preact/signals';

export const viewNames = ['clips', 'live', 'model'] as const;
export type ViewName = (typeof viewNames)[number];

/** The view that the address names. */
export const view = signal<ViewName>(readView());

window.addEventListener('hashchange', () => {
  view.value = readView();
});

function readView(): ViewName {
  const name = location.hash.slice(1);
  return viewNames.find((known) => known === name) ?? 'clips';
}
