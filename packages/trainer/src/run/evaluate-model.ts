import { SerError } from '@ser/dsp-wasm';
import { averageOverSpeeds, chooseLabels, createClassifier } from '@ser/runtime';
import type { SkippedFile } from '../datasets/clip.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import type { Channel } from '../features/channel.ts';
import { extractAtSpeeds } from '../features/extract-clips.ts';
import { applySplitFile, readSplitFile } from '../protocols/split-file.ts';
import { evaluateVoices, type VoiceScores } from './evaluate-voices.ts';
import { extractDataset } from './extract-dataset.ts';

/** Input of {@link evaluateModel}. */
export interface EvaluateOptions {
  /** A self-describing model file. */
  modelPath: string;
  /** Corpus folders. */
  data: readonly string[];
  /** A run's split.json: only its test clips are scored. */
  splitPath?: string;
  /** What every clip is heard through. Default: nothing. */
  channel?: Channel;
  /** Labels among which the model answers; clips of others are left out. Default: all of the model's. */
  labels?: readonly string[] | undefined;
  /**
   * Also scores clips relative to their speakers, of whom so many others are known. Default: does not.
   */
  speakerClips?: readonly number[];
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** What {@link evaluateModel} gives. */
export interface ModelScores {
  evaluation: Evaluation;
  /** One for each of `speakerClips`. */
  voices: VoiceScores[];
  skipped: SkippedFile[];
}

/**
 * Scores a model file on labelled clips through the runtime, as a user would get it. Clips whose
 * label the model does not know are left out and listed.
 *
 * @throws SerError `MODEL_INVALID`, `DATASET_INVALID` or `FILE_NOT_FOUND`; `INVALID_ARGUMENT` for
 *   `speakerClips` of a model that cannot be told who speaks.
 */
export async function evaluateModel(options: EvaluateOptions): Promise<ModelScores> {
  const classifier = await createClassifier(options.modelPath);
  try {
    const { frontEnd, speeds = [1] } = classifier.manifest;
    const { labels, restrict } = chooseLabels(classifier.labels, options.labels);
    const representation = { frontEnd, encoder: null };
    const { onProgress, signal } = options;
    const listed = await readDataset(options.data, { onProgress, signal });
    const wanted = options.splitPath
      ? applySplitFile(listed, await readSplitFile(options.splitPath)).test
      : listed.clips;
    const known = wanted.filter(({ label }) => labels.includes(label));
    const unknown = wanted.filter(({ label }) => !labels.includes(label));
    if (known.length === 0) {
      throw new SerError('DATASET_INVALID', `No clip has one of the labels ${labels.join(', ')}.`);
    }
    const { dataset, matrices } = await extractDataset(
      { ...listed, clips: known },
      { representation, onProgress: options.onProgress, signal: options.signal },
    );
    const { clips } = dataset;
    const played = await extractAtSpeeds(clips, {
      ...{ representation, speeds, signal: options.signal },
      ...(options.channel === undefined ? { matrices } : { channel: options.channel }),
      onProgress: (done) => options.onProgress?.(done, clips.length),
    });
    const counts = options.speakerClips ?? [];
    const embeddings = counts.length > 0 && (await classifier.embedFeatures(played.flat()));
    const rows = await (embeddings
      ? classifier.predictEmbeddings(embeddings)
      : classifier.predictFeatures(played.flat()));
    const probabilities = averageOverSpeeds(rows, speeds.length).map(restrict);
    const truth = clips.map(({ label }) => labels.indexOf(label));
    const reasons = unknown.map(({ path, label }) => ({
      path,
      reason: `${label} is none of the labels that the model answers among`,
    }));
    const ownSpeed = Math.max(0, speeds.indexOf(1));
    const voices = embeddings
      ? await evaluateVoices(
          classifier,
          {
            ...{ clips, restrict, labels },
            embeddings: clips.map((_, at) => embeddings[at * speeds.length + ownSpeed]!),
          },
          counts,
        )
      : [];
    return {
      voices,
      evaluation: evaluatePredictions({ truth, probabilities, labels: [...labels] }),
      skipped: [...dataset.skipped, ...reasons],
    };
  } finally {
    await classifier.dispose();
  }
}
