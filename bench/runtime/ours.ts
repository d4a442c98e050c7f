/** What a user's program does, in a process of its own: `ours.js TASK MODEL …` prints one JSON line. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Classifier, createClassifier, loadClip, type Prediction } from '@ser/runtime';

const [task, model, ...rest] = process.argv.slice(2) as [string, string, ...string[]];
const classifier = await createClassifier(model);

const tasks: Record<string, () => Promise<void>> = {
  answer: answerLines,
  cold: async () => print({ label: (await classifier.predict(rest[0]!)).label }),
  all: judgeAll,
  timeline: () => follow('timeline'),
  segments: () => follow('segments'),
  live: listen,
  concurrent: predictAtOnce,
};
await tasks[task]!();
await classifier.dispose();

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function startClock(): () => { wall: number; cpu: number } {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpuStart);
    return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };
}

async function answerLines(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { run } = JSON.parse(line) as { run: string };
    const read = startClock();
    const { label } = await classifier.predict(run);
    print({ ...read(), label });
  }
}

/** Each of a list's clips, one after the other. */
async function judgeAll(): Promise<void> {
  const paths = JSON.parse(readFileSync(rest[0]!, 'utf8')) as string[];
  const read = startClock();
  let audioSec = 0;
  for (const path of paths) audioSec += (await classifier.predict(path)).durationSec;
  print({ ...read(), clips: paths.length, audioSec });
}

async function follow(kind: 'timeline' | 'segments'): Promise<void> {
  const read = startClock();
  let results = 0;
  for await (const _ of (classifier as Classifier)[kind](rest[0]!)) results++;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  print({ ...read(), results, peakMiB });
}

/** A clip over and over, in chunks as a browser's microphone gives them. */
async function listen(): Promise<void> {
  const seconds = Number(rest[1]);
  const { samples, sampleRateHz } = await loadClip(rest[0]!);
  const stream = await classifier.stream({ sampleRateHz });
  const chunkLength = 4096;
  const total = Math.ceil(seconds * sampleRateHz);
  const memoryMiB: number[] = [];
  const read = startClock();
  let updates = 0;
  let lastSec = 0;
  let worstMs = 0;
  for (let at = 0; at < total; at += chunkLength) {
    const chunk = Float32Array.from(
      { length: Math.min(chunkLength, total - at) },
      (_, index) => samples[(at + index) % samples.length]!,
    );
    const start = performance.now();
    for (const { timeSec } of await stream.push(chunk)) {
      updates++;
      lastSec = timeSec;
    }
    worstMs = Math.max(worstMs, performance.now() - start);
    const tenth = Math.floor((10 * (at + chunk.length)) / total);
    if (tenth > memoryMiB.length) memoryMiB.push(process.memoryUsage().rss / 2 ** 20);
  }
  print({ ...read(), seconds, updates, lastSec, worstMs, memoryMiB });
}

async function predictAtOnce(): Promise<void> {
  const paths = JSON.parse(readFileSync(rest[0]!, 'utf8')) as string[];
  const alone: Prediction[] = [];
  for (const path of paths) alone.push(await classifier.predict(path));
  const read = startClock();
  const together = await Promise.all(paths.map((path) => classifier.predict(path)));
  const took = read();
  const differences = together.flatMap(({ probabilities }, index) =>
    Object.entries(probabilities).map(([label, value]) =>
      Math.abs(value - alone[index]!.probabilities[label]!),
    ),
  );
  print({ ...took, clips: paths.length, mostDifference: Math.max(...differences) });
}
