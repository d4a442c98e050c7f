// Every audio file below a folder, as CSV.  node dist/predict-folder.js model.onnx recordings
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createClassifier } from '@ser/runtime';

const [model, folder] = process.argv.slice(2) as [string, string];
const audio = new Set(['.wav', '.flac', '.mp3', '.ogg', '.opus']);
const files = (await readdir(folder, { recursive: true }))
  .filter((file) => audio.has(extname(file).toLowerCase()))
  .sort();

const classifier = await createClassifier(model);
const outcomes = await classifier.predictBatch(files.map((file) => join(folder, file)));
console.log(['file', 'label', 'confidence', 'seconds', 'error'].join(','));
for (const [index, outcome] of outcomes.entries()) {
  const columns = outcome.ok
    ? [
        outcome.prediction.label ?? 'no speech',
        outcome.prediction.confidence.toFixed(3),
        outcome.prediction.durationSec.toFixed(2),
        '',
      ]
    : ['', '', '', outcome.error.code];
  console.log([JSON.stringify(files[index]), ...columns].join(','));
}
await classifier.dispose();
