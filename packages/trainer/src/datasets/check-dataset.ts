import { groupBy } from '../group-by.ts';
import {
  type Clip,
  type CorpusLayout,
  type CorpusSummary,
  type Dataset,
  type SkippedFile,
  speakerKey,
} from './clip.ts';
import { compareText } from './emotions.ts';
import { countWithVerb, type Finding, findProblems, sortFindings } from './findings.ts';
import { type MapFilesOptions, mapFiles } from './map-files.ts';
import type { ClipMeasure } from './measure-worker.ts';
import { readDataset } from './read-dataset.ts';

/** What is in some corpora, and what a user should know before training on them. */
export interface DatasetCheck {
  /** Clips that a training would use. */
  clips: number;
  corpora: CorpusSummary[];
  /** As what each folder was read, and why. */
  layouts: CorpusLayout[];
  /** In the project's order. */
  labels: { label: string; clips: number; speakers: number }[];
  /** As `corpus/speaker`, sorted. */
  speakers: { speaker: string; clips: number }[];
  /** Ascending. */
  rates: { sampleRateHz: number; clips: number }[];
  durations: { totalSec: number; shortestSec: number; medianSec: number; longestSec: number };
  /** Files that a training would leave out, and why. */
  skipped: SkippedFile[];
  /** Errors first. */
  findings: Finding[];
}

/** Settings of {@link checkDataset}. */
export interface CheckOptions {
  /** Called with the number of clips that are decoded. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

type Measure = Exclude<ClipMeasure, { code: string }>;
type Failure = Extract<ClipMeasure, { code: string }>;

/** More samples at full scale than this are heard as crackling. */
const mostClipped = 0.001;
/** Where more of the files cannot be used, the folder is not what its owner thinks. */
const mostUnreadable = 0.1;

/**
 * Reads corpora as a training would, decodes every clip, and says what is in them and what is wrong
 * with them. Uses all cores; needs no TensorFlow.
 *
 * @throws SerError as `readDataset` does; `ABORTED` after the signal.
 * @example
 * const { findings } = await checkDataset(['data/mine']);
 * for (const { severity, message } of findings) console.log(severity, message);
 */
export async function checkDataset(
  directories: readonly string[],
  { onProgress, signal }: CheckOptions = {},
): Promise<DatasetCheck> {
  const read = await readDataset(directories, { onProgress, signal });
  const measures = await measureClips(read.clips, { onProgress, signal });
  const used = read.clips.filter((clip) => !('code' in measures.get(clip)!));
  const failed = read.clips.filter((clip) => 'code' in measures.get(clip)!);
  const failures = new Map(failed.map((clip) => [clip, measures.get(clip) as Failure]));
  const dataset: Dataset = {
    ...read,
    clips: used,
    skipped: [
      ...read.skipped,
      ...[...failures].map(([{ path }, { reason }]) => ({ path, reason })),
    ],
    labels: read.labels.filter((label) => used.some((clip) => clip.label === label)),
  };
  const heard = new Map(used.map((clip) => [clip, measures.get(clip) as Measure]));
  return {
    clips: used.length,
    corpora: read.corpora,
    layouts: read.layouts,
    labels: dataset.labels.map((label) => {
      const own = used.filter((clip) => clip.label === label);
      return { label, clips: own.length, speakers: new Set(own.map(speakerKey)).size };
    }),
    speakers: [...groupBy(used, speakerKey)]
      .map(([speaker, own]) => ({ speaker, clips: own.length }))
      .sort((a, b) => compareText(a.speaker, b.speaker)),
    rates: [...groupBy(heard.values(), ({ sampleRateHz }) => sampleRateHz)]
      .map(([sampleRateHz, own]) => ({ sampleRateHz, clips: own.length }))
      .sort((a, b) => a.sampleRateHz - b.sampleRateHz),
    durations: summariseDurations([...heard.values()].map(({ durationSec }) => durationSec)),
    skipped: dataset.skipped,
    findings: sortFindings([...findProblems(dataset), ...findSoundProblems(heard, failures)]),
  };
}

async function measureClips(
  clips: readonly Clip[],
  options: MapFilesOptions,
): Promise<Map<Clip, ClipMeasure>> {
  const worker = new URL('./measure-worker.js', import.meta.url);
  const paths = clips.map(({ path }) => path);
  const measures = await mapFiles<ClipMeasure>(paths, { worker, name: 'measureFiles' }, options);
  return new Map(clips.map((clip, at) => [clip, measures[at]!]));
}

function findSoundProblems(
  heard: ReadonlyMap<Clip, Measure>,
  failures: ReadonlyMap<Clip, Failure>,
): Finding[] {
  const findings: Finding[] = [];
  const [silent, unreadable] = [true, false].map((isSilence) =>
    [...failures].filter(([, { code }]) => (code === 'AUDIO_SILENT') === isSilence),
  ) as [[Clip, Failure][], [Clip, Failure][]];
  if (silent.length > 0) {
    findings.push({
      ...{ severity: 'warning', code: 'silent', files: silent.map(([{ path }]) => path) },
      message: `${countWithVerb(silent.length, 'clip')} silent and left out.`,
    });
  }
  if (unreadable.length > 0) {
    const share = unreadable.length / (heard.size + failures.size);
    findings.push({
      severity: share > mostUnreadable ? 'error' : 'warning',
      ...{ code: 'unreadable', files: unreadable.map(([{ path }]) => path) },
      message: `${countWithVerb(unreadable.length, 'file')} damaged or of no use and left out; the first: ${unreadable[0]![1].reason}`,
    });
  }
  const clipped = [...heard].filter(([, { clippedShare }]) => clippedShare > mostClipped);
  if (clipped.length > 0) {
    findings.push({
      ...{ severity: 'warning', code: 'clipped', files: clipped.map(([{ path }]) => path) },
      message: `${countWithVerb(clipped.length, 'clip')} recorded too loudly: more than ${100 * mostClipped} % of the samples stand at full scale.`,
    });
  }
  const rates = groupBy(heard, ([, { sampleRateHz }]) => sampleRateHz);
  if (rates.size > 1) {
    const listed = [...rates]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([rate, own]) => `${rate} Hz (${own.length})`);
    const isFew = (files: number): boolean => files <= 0.1 * heard.size;
    const rarest = [...rates].reduce((a, b) => (b[1].length < a[1].length ? b : a));
    findings.push({
      severity: 'warning',
      code: 'mixed-rates',
      message: `Sample rates differ: ${listed.join(', ')}. Clips are resampled, but what a low rate cut off stays missing, and the model may hear that instead of the emotion.`,
      files: isFew(rarest[1].length) ? rarest[1].map(([{ path }]) => path) : [],
    });
  }
  return findings;
}

function summariseDurations(seconds: number[]): DatasetCheck['durations'] {
  const sorted = seconds.sort((a, b) => a - b);
  return {
    totalSec: sorted.reduce((sum, value) => sum + value, 0),
    shortestSec: sorted[0] ?? 0,
    medianSec: sorted[sorted.length >> 1] ?? 0,
    longestSec: sorted.at(-1) ?? 0,
  };
}
