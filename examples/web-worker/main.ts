// Predicts in a worker: the page stays responsive, shows the download, and can stop.
import { createWorkerClassifier, SerError } from '@ser/runtime/worker';

const [progress, input, stop, output] = ['progress', 'input', 'button', 'output'].map((name) =>
  document.querySelector(name),
) as [HTMLProgressElement, HTMLInputElement, HTMLButtonElement, HTMLOutputElement];

const classifier = await createWorkerClassifier('model.onnx', {
  worker: new Worker(new URL('./ser-worker.ts', import.meta.url), { type: 'module' }),
  onProgress: ({ loadedBytes, totalBytes }) => {
    progress.value = loadedBytes / (totalBytes ?? loadedBytes);
  },
});
input.disabled = false;
input.addEventListener('change', async () => {
  const controller = new AbortController();
  stop.disabled = false;
  stop.onclick = () => controller.abort();
  try {
    const { label, confidence, uncertain } = await classifier.predict(input.files![0]!, {
      signal: controller.signal,
    });
    output.value = `${label ?? 'No label'} (${confidence.toFixed(2)}) ${uncertain?.message ?? ''}`;
  } catch (error) {
    // M4A works where the browser can decode it; what cannot be used says why.
    output.value = error instanceof SerError ? error.message : String(error);
  }
  stop.disabled = true;
});
