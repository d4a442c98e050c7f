// One clip, five lines.  node dist/predict-clip.js model.onnx voice.wav
import { createClassifier } from '@ser/runtime';

const [model, clip] = process.argv.slice(2) as [string, string];
const classifier = await createClassifier(model);
const { label, confidence } = await classifier.predict(clip);
console.log(`${label ?? 'no speech'} (${confidence.toFixed(2)})`);
await classifier.dispose();
