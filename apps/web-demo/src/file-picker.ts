import { element } from './element.ts';
import { strings } from './strings.ts';

/** The area that takes a file, dropped or chosen. */
export function createFilePicker(onFile: (file: File) => void): HTMLElement {
  const input = element('input', 'picker-input');
  input.type = 'file';
  input.accept = 'audio/*,.wav,.flac,.mp3,.ogg,.oga,.opus';
  input.id = 'file';
  const label = element('label', 'picker-button', strings.choose);
  label.htmlFor = input.id;
  const area = element(
    'section',
    'picker',
    element('p', 'picker-prompt', `${strings.drop} `, input, label),
    element('p', 'hint', strings.formats),
  );

  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) onFile(file);
  };
  input.addEventListener('change', () => {
    take(input.files);
    input.value = '';
  });
  // A file dropped beside the area would otherwise replace the page.
  for (const type of ['dragover', 'drop'] as const) {
    window.addEventListener(type, (event) => event.preventDefault());
  }
  area.addEventListener('dragover', () => area.classList.add('is-target'));
  area.addEventListener('dragleave', () => area.classList.remove('is-target'));
  area.addEventListener('drop', (event) => {
    area.classList.remove('is-target');
    take(event.dataTransfer?.files);
  });
  return area;
}
