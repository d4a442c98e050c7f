import { type Classifier, chooseLabels, createClassifier, SerError } from '@ser/runtime';
import { Tinypool } from 'tinypool';
import { type ClipSource, toAudio } from './clip-source.ts';
import { mapInOrder } from './map-in-order.ts';
import { type Outcome, predictSources } from './outcome.ts';
import type { PredictTask } from './predict-worker.ts';
import type { Predictor } from './predictor.ts';
import { groupSpeakers, type NameSpeaker, type SpeakerGroup } from './speaker-groups.ts';
import { stopAfter } from './stop-after.ts';

/** Clips that go through the model together: more make no clip faster. */
const chunkClips = 8;
/** Below this, starting threads takes longer than they save. */
const fewestClipsForThreads = 32;
/** As much as is decoded at once; the decoder has a limit of its own. */
const longestRecordingSec = 4 * 3600;

/** How clips are judged. */
export interface PredictorSettings {
  /**
   * Tells who speaks in a clip: those of one speaker are judged relative to each other, and a recording
   * relative to itself. Default: nobody knows.
   */
  nameSpeaker?: NameSpeaker | undefined;
  /** Whether clips in which nobody speaks have no label. Default true. */
  speechCheck?: boolean;
  /** Labels to answer among. Default: all of the model's. */
  labels?: readonly string[] | undefined;
}

/**
 * Opens a model; many clips are predicted on several threads, each with the model loaded once.
 *
 * @throws SerError as `createClassifier` does; `INVALID_ARGUMENT` for labels that the model does not
 *   know, or where it cannot be told who speaks.
 */
export async function openLocalPredictor(
  model: string,
  threads: number,
  { nameSpeaker, speechCheck = true, labels: wanted }: PredictorSettings = {},
): Promise<Predictor> {
  const classifier = await createClassifier(model);
  if (nameSpeaker && !classifier.manifest.speaker) {
    await classifier.dispose();
    throw new SerError(
      'INVALID_ARGUMENT',
      `The model ${classifier.manifest.name} cannot be told who speaks; leave out --one-speaker and --speaker-from, or take another.`,
    );
  }
  const { labels } = chooseLabels(classifier.labels, wanted);
  return {
    labels,
    async *predict(sources, signal) {
      const isForThreads = threads > 1 && sources.length >= fewestClipsForThreads;
      const chunkSize = isForThreads ? chunkClips : 1;
      const groups = nameSpeaker
        ? groupSpeakers(sources, nameSpeaker)
        : takeChunks(sources, chunkSize);
      const settings = { sources, groups: untilAborted(groups, signal), speechCheck, labels };
      const outcomes = isForThreads
        ? predictOnThreads({ model, threads, ...settings })
        : predictHere(classifier, settings);
      yield* stopAfter(inOrder(outcomes, sources.length), sources.length);
    },
    segments: (source, signal) =>
      classifier.segments(toAudio(source), {
        ...{ maxDurationSec: longestRecordingSec, signal },
        ...{ labels, oneSpeaker: nameSpeaker !== undefined },
      }),
    close: () => classifier.dispose(),
  };
}

/** Clips, and which of them are judged together. */
interface Grouping {
  sources: readonly ClipSource[];
  groups: Iterable<SpeakerGroup>;
  speechCheck: boolean;
  labels: readonly string[];
}

/** Outcomes by the places of their clips. */
type PlacedOutcomes = (readonly [place: number, outcome: Outcome])[];

async function* predictHere(
  classifier: Classifier,
  { sources, groups, ...options }: Grouping,
): AsyncGenerator<PlacedOutcomes> {
  for (const { places, oneSpeaker } of groups) {
    const clips = places.map((place) => sources[place]!);
    yield place(places, await predictSources(classifier, clips, { oneSpeaker, ...options }));
  }
}

async function* predictOnThreads({
  model,
  threads,
  sources,
  groups,
  ...options
}: Grouping & { model: string; threads: number }): AsyncGenerator<PlacedOutcomes> {
  const pool = new Tinypool({
    filename: new URL('./predict-worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const predictGroup = async ({ places, oneSpeaker }: SpeakerGroup): Promise<PlacedOutcomes> => {
    const clips = places.map((place) => sources[place]!);
    const task: PredictTask = { model, sources: clips, oneSpeaker, ...options };
    return place(places, await pool.run(task, { name: 'predictChunk' }));
  };
  try {
    yield* mapInOrder(groups, 3 * threads, predictGroup);
  } finally {
    // onnxruntime survives the end of a thread only where no session runs on it.
    await pool.destroy();
  }
}

function place(places: readonly number[], outcomes: readonly Outcome[]): PlacedOutcomes {
  return outcomes.map((outcome, at) => [places[at]!, outcome]);
}

/** Yields outcomes in the order of the clips, each as soon as those before it are there. */
async function* inOrder(
  found: AsyncIterable<PlacedOutcomes>,
  count: number,
): AsyncGenerator<Outcome> {
  const waiting = new Map<number, Outcome>();
  let next = 0;
  for await (const placed of found) {
    for (const [place, outcome] of placed) waiting.set(place, outcome);
    for (; next < count && waiting.has(next); next++) {
      yield waiting.get(next)!;
      waiting.delete(next);
    }
  }
}

/** Cuts a list into pieces, of which nobody knows who speaks. */
function* takeChunks(clips: readonly unknown[], size: number): Generator<SpeakerGroup> {
  for (let first = 0; first < clips.length; first += size) {
    const length = Math.min(size, clips.length - first);
    yield { places: Array.from({ length }, (_, at) => first + at), oneSpeaker: false };
  }
}

function* untilAborted<Item>(items: Iterable<Item>, signal: AbortSignal): Generator<Item> {
  for (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}
