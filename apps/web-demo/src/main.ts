import { element } from './element.ts';
import { createFilePicker } from './file-picker.ts';
import { createModelView } from './model-view.ts';
import { PredictionClient } from './prediction-client.ts';
import { createFailureView, createResultView } from './result-view.ts';
import { strings } from './strings.ts';

const client = new PredictionClient();
const status = element('p', 'status', strings.loadingModel);
status.role = 'status';
const output = element('div', 'output');
const about = element('div', 'about');
let playerUrl = '';
let latest = 0;

document
  .querySelector('#page')
  ?.append(
    element(
      'header',
      'top',
      element('h1', '', strings.title),
      element('p', 'intro', strings.intro),
    ),
    createFilePicker(judge),
    status,
    output,
    element(
      'section',
      'card limits',
      element('h2', '', strings.limitsHeading),
      element('p', '', strings.limits),
    ),
    about,
  );

client.manifest.then(
  (manifest) => {
    about.replaceChildren(createModelView(manifest));
    if (latest === 0) status.textContent = strings.ready;
  },
  (error: Error) => {
    status.textContent = '';
    output.replaceChildren(createFailureView(strings.modelFailed, error.message));
  },
);

/** Only the file picked last is shown, however long an earlier one takes. */
async function judge(file: File): Promise<void> {
  const turn = ++latest;
  status.textContent = strings.analysing(file.name);
  output.classList.add('is-stale');
  let view: HTMLElement;
  try {
    const prediction = await client.predict(file);
    if (turn !== latest) return;
    URL.revokeObjectURL(playerUrl);
    playerUrl = URL.createObjectURL(file);
    view = createResultView(prediction, file, playerUrl);
  } catch (error) {
    if (turn !== latest) return;
    view = createFailureView(
      strings.clipFailed,
      error instanceof Error ? error.message : String(error),
    );
  }
  output.classList.remove('is-stale');
  output.replaceChildren(view);
  status.textContent = strings.ready;
}
