import { render } from 'preact';
import { App } from './app.tsx';
import { registerServiceWorker } from './offline/register.ts';
import { loadModel } from './state/model.ts';

render(<App />, document.querySelector('#page')!);
void loadModel(null).then(registerServiceWorker);
