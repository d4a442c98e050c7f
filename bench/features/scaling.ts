/**
 * Memory after many clips of mixed length, and cost against clip length. Writes results/scaling.json.
 *
 *   pnpm --filter @ser/bench scaling
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadDsp } from '@ser/dsp-wasm';
import { makeLongClip } from './clips.ts';
import { describeMachine } from './machine.ts';

const rateHz = 22050;
const mebibyte = 1024 * 1024;

function residentMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / mebibyte);
}

/** Resident memory after so many clips of 0.3 to 9 s. */
async function watchMemory(clips: number): Promise<{ clips: number; residentMiB: number }[]> {
  const extractor = (await loadDsp()).createExtractor();
  const samples = makeLongClip(9, rateHz);
  const readings = [];
  for (let done = 1; done <= clips; done++) {
    const seconds = 0.3 + ((done * 7919) % 8700) / 1000;
    extractor.extract(samples.subarray(0, Math.round(seconds * rateHz)));
    if (done % (clips / 10) === 0) readings.push({ clips: done, residentMiB: residentMiB() });
  }
  return readings;
}

/** Cost of one clip in this process, which runs for it alone. */
async function measureLength(seconds: number) {
  const extractor = (await loadDsp()).createExtractor();
  extractor.extract(makeLongClip(1, rateHz));
  const samples = makeLongClip(seconds, rateHz);
  const before = residentMiB();
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  const { frames } = extractor.extract(samples);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuStart);
  const cpuMs = (user + system) / 1000;
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  return {
    seconds,
    frames,
    cpuMs,
    wallMs,
    cpuMsPerSecond: cpuMs / seconds,
    inputMiB: Math.round(samples.byteLength / mebibyte),
    peakBeyondInputMiB: peakMiB - before,
  };
}

const single = process.argv[2];
if (single !== undefined) {
  console.log(JSON.stringify(await measureLength(Number(single))));
} else {
  const self = fileURLToPath(import.meta.url);
  const lengths = [1, 10, 60, 600, 3600].map((seconds) =>
    JSON.parse(
      execFileSync(process.execPath, ['--expose-gc', self, String(seconds)], { encoding: 'utf8' }),
    ),
  );
  const memory = await watchMemory(10000);
  console.table(lengths);
  console.table(memory);
  const result = { machine: describeMachine(), lengths, memory };
  const target = new URL('../../results/scaling.json', import.meta.url);
  writeFileSync(target, `${JSON.stringify(result, null, 1)}\n`);
}
