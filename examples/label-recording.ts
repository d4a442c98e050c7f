// Captions for a recording of any length: who speaks how, and when.  node dist/label-recording.js model.onnx talk.flac
import { writeFile } from 'node:fs/promises';
import { createClassifier, formatSegments, type Segment } from '@ser/runtime';

const [model, recording] = process.argv.slice(2) as [string, string];
const classifier = await createClassifier(model);
const segments: Segment[] = [];
for await (const segment of classifier.segments(recording)) {
  segments.push(segment);
  console.log(`${segment.startSec.toFixed(1)} s: ${segment.label}`);
}
await writeFile(`${recording}.vtt`, formatSegments(segments, 'vtt'));
await classifier.dispose();
