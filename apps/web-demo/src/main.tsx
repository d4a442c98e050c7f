import { render } from 'preact';
import { App } from './app.tsx';
import { registerServiceWorker } from './offline/register.ts';
import { loadDefaultModel, loadFirstModel } from './state/model.ts';

render(<App />, document.querySelector('#page')!);
void loadFirstModel().then(registerServiceWorker).then(loadDefaultModel);
