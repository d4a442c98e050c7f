// Follows raw audio that arrives on standard input: arecord -t raw -f FLOAT_LE -c 1 -r 48000 | node dist/follow-live.js model.onnx
import { createClassifier } from '@ser/runtime';

const classifier = await createClassifier(process.argv[2]!);
const stream = await classifier.stream({ sampleRateHz: 48_000 });
let rest = Buffer.alloc(0);
for await (const piece of process.stdin) {
  const bytes = Buffer.concat([rest, piece as Buffer]);
  const whole = bytes.length - (bytes.length % 4);
  rest = bytes.subarray(whole);
  const samples = new Float32Array(new Uint8Array(bytes.subarray(0, whole)).buffer);
  for (const { timeSec, prediction } of await stream.push(samples)) {
    console.log(`${timeSec} s: ${prediction?.label ?? 'nobody speaks'}`);
  }
}
await classifier.dispose();
