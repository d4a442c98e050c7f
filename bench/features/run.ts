/**
 * This project's features and resampling against librosa, scipy, soxr and Meyda: every contender on
 * the same clips, one thread each, in turns. Ratios are of medians of processor time, so that a busy
 * machine does not distort them; clock times are kept beside them. Writes results/features.json.
 *
 *   pnpm --filter @ser/bench features [--python FILE] [--clips FOLDER] [--rounds N]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadDsp } from '@ser/dsp-wasm';
import { alternate, type Contender, type Timing, timeSeconds } from './alternate.ts';
import { loadClips } from './clips.ts';
import { describeMachine } from './machine.ts';
import { extractWithMeyda } from './meyda.ts';
import { PythonPeer } from './python-peer.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    clips: { type: 'string' },
    rounds: { type: 'string', default: '11' },
  },
});

interface Comparison {
  ours: string;
  peer: string;
  /** 'faster': our time times `goal` is at most the peer's; 'slower': our time is at most goal times the peer's. */
  kind: 'faster' | 'slower';
  goal: number;
}

const comparisons: Comparison[] = [
  { ours: 'four sets', peer: 'librosa-four-calls', kind: 'faster', goal: 10 },
  { ours: 'four sets', peer: 'librosa-shared-stft', kind: 'faster', goal: 4 },
  { ours: 'mfcc and chroma', peer: 'meyda-mfcc-chroma', kind: 'faster', goal: 50 },
  { ours: 'mel for Whisper', peer: 'mel', kind: 'slower', goal: 1 },
  { ours: 'spectrogram', peer: 'scipy-rfft-float32', kind: 'slower', goal: 3 },
  { ours: '48000 to 22050 Hz', peer: 'soxr-hq', kind: 'slower', goal: 3 },
];

const dsp = await loadDsp();
const { source, rateHz, clips: original } = await loadClips(options.clips);
const clips = original.map((clip) => dsp.resample(clip, { fromHz: rateHz, toHz: 22050 }));
const clipsForWhisper = original.map((clip) => dsp.resample(clip, { fromHz: rateHz, toHz: 16000 }));
const everything = dsp.createExtractor();
const mfccAndChroma = dsp.createExtractor({ sets: ['mfcc', 'chroma'] });
const mel = dsp.createExtractor({ sets: ['mel'] });
const melForWhisper = dsp.createExtractor({
  ...{ sampleRateHz: 16000, fftLength: 400, hopLength: 160, padMode: 'reflect' },
  dropLastFrame: true,
  sets: ['mel'],
  mel: { bands: 80, fMaxHz: 8000, unit: 'whisper' },
});
const spectrogram = dsp.createSpectrogram();

const peer = new PythonPeer(options.python);
await peer.load('at 22050 Hz', clips);
await peer.load('at 48000 Hz', original);

function ours(name: string, set: Float32Array[], work: (clip: Float32Array) => void): Contender {
  return { name, run: () => timeSeconds(() => set.forEach(work)) };
}

function theirs(task: string, set: string): Contender {
  return { name: task, run: () => peer.run(task, set) };
}

const timings = await alternate(
  [
    ours('four sets', clips, (clip) => everything.extract(clip)),
    theirs('librosa-four-calls', 'at 22050 Hz'),
    theirs('librosa-shared-stft', 'at 22050 Hz'),
    ours('mfcc and chroma', clips, (clip) => mfccAndChroma.extract(clip)),
    ours('meyda-mfcc-chroma', clips, (clip) => extractWithMeyda(clip, 22050)),
    theirs('librosa-mfcc-chroma', 'at 22050 Hz'),
    ours('mel', clips, (clip) => mel.extract(clip)),
    ours('mel for Whisper', clipsForWhisper, (clip) => melForWhisper.extract(clip)),
    ours('spectrogram', clips, (clip) => spectrogram.compute(clip)),
    theirs('scipy-rfft-float32', 'at 22050 Hz'),
    ours('48000 to 22050 Hz', original, (clip) =>
      dsp.resample(clip, { fromHz: 48000, toHz: 22050 }),
    ),
    theirs('soxr-hq', 'at 48000 Hz'),
  ],
  { rounds: Number(options.rounds), warmUps: 3 },
);

const perClip = (timing: Timing) => ({
  medianCpuMsPerClip: timing.medianCpuMs / clips.length,
  medianWallMsPerClip: timing.medianWallMs / clips.length,
  rawCpuMsPerClip: timing.rawCpuMs.map((value) => value / clips.length),
  rawWallMsPerClip: timing.rawWallMs.map((value) => value / clips.length),
});

const verdicts = comparisons.map(({ ours, peer, kind, goal }) => {
  const [a, b] = kind === 'faster' ? [peer, ours] : [ours, peer];
  const [over, under] = [timings.get(a)!, timings.get(b)!];
  const ratio = over.medianCpuMs / under.medianCpuMs;
  const wallRatio = over.medianWallMs / under.medianWallMs;
  const isReached = kind === 'faster' ? ratio >= goal : ratio <= goal;
  return { ours, peer, measure: `times ${kind}`, goal, ratio, wallRatio, isReached };
});

const result = {
  machine: describeMachine(),
  versions: { ...(await peer.versions()), meyda: '5.6.3' },
  clips: {
    source,
    count: clips.length,
    meanSeconds: clips.reduce((sum, clip) => sum + clip.length / 22050, 0) / clips.length,
  },
  verdicts,
  timings: Object.fromEntries([...timings].map(([name, timing]) => [name, perClip(timing)])),
};
peer.close();

const target = new URL('../../results/features.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(result, null, 1)}\n`);
for (const [name, { medianCpuMs }] of timings) {
  const perClipMs = (medianCpuMs / clips.length).toFixed(3);
  console.log(`${name.padEnd(24)} ${perClipMs.padStart(9)} ms of processor time a clip`);
}
console.table(verdicts);
