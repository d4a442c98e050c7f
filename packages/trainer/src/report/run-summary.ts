import type { CorpusSummary, SkippedFile } from '../datasets/clip.ts';
import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import type { ChannelName } from '../features/channel.ts';
import type { EpochLog } from '../fit/fit-model.ts';
import type { ProtocolName } from '../protocols/split.ts';
import type { GroupScore } from './speaker-scores.ts';

/** The sides of a split, in the order of tables. */
export const sides = ['train', 'validation', 'test'] as const;

export type Side = (typeof sides)[number];

/** What the model said about audio whose label is known. */
export interface LabelPrediction {
  corpus: string;
  speaker: string;
  split: Side;
  truth: string;
  predicted: string;
  /** Probability of `predicted`. */
  confidence: number;
  /** Calibrated, of the run's labels in their order. */
  probabilities: number[];
}

/** UAR of clips heard through each of `testChannels`; files of older versions lack some. */
export type ChannelUars = Partial<Record<ChannelName, number>>;

/** What the model said about one clip. */
export interface ClipPrediction extends LabelPrediction {
  clipId: string;
  /** Where the clip lies; the report links to it. */
  path: string;
}

/** How a model does on windows of a recording, wherever they begin. */
export interface WindowScores {
  windows: number;
  accuracy: number;
  uar: number;
  /** Expected calibration error, 15 bins. */
  ece: number;
}

/** Where a temperature comes from that `calibrateOnFolds` fitted. */
export interface FoldCalibration {
  /** Name of the cross-validation. */
  name: string;
  /** Runs of it that tested a speaker that this run does not. */
  folds: number;
  /** Of these speakers' clips, each fold at the temperature that the other folds give. */
  evaluation: Evaluation;
  /** The same of windows; absent where the folds are of an older version. */
  windows?: WindowScores | undefined;
  /** UAR of these speakers' clips through each channel that all folds tell of. */
  channelUars?: ChannelUars;
  corpora: GroupScore[];
  /** Worst UAR first. */
  speakers: GroupScore[];
}

/** Clips of one corpus that a model was trained on. */
export interface TrainedCorpus {
  name: string;
  clips: number;
  speakers: number;
  licence: string;
  synthetic: boolean;
}

/** The finished run that a training took its first weights from. */
export interface InitialRun {
  name: string;
  recipe: string;
  /** What it was trained on, and what the run before it was. */
  corpora: TrainedCorpus[];
}

/** All that a report tells of one training run; plain JSON, stored as `run.json`. */
export interface RunSummary {
  name: string;
  /** ISO 8601. */
  createdAt: string;
  recipe: { name: string; settings: object };
  /** The pretrained encoder that the head stands on; absent without one. */
  encoder?: {
    name: string;
    family: string;
    licence: string;
    /** Hidden states that the head sees. */
    layers: number[];
    /** Digest of the encoder's file. */
    sha256: string;
  };
  /** Absent where training began with random weights. */
  initialRun?: InitialRun;
  /** The labels in the order of the model's outputs. */
  labels: string[];
  corpora: CorpusSummary[];
  /** Files that were left out, and why. */
  skipped: SkippedFile[];
  protocol: {
    name: ProtocolName;
    seed: number;
    fold: number | null;
    /** Clips on each side. */
    sizes: Record<Side, number>;
  };
  /** Time of pretraining and of a teacher's training, before the first epoch; absent without. */
  preparationSec?: number;
  history: EpochLog[];
  /** The epoch whose weights were kept: the best on validation. */
  bestEpoch: number;
  /**
   * Fitted on validation, or as `foldCalibration` says; null where probabilities are as the model
   * gives them.
   */
  temperature: number | null;
  /** The same for windows of recordings; absent where nothing was calibrated. */
  windowTemperature?: number;
  foldCalibration?: FoldCalibration;
  evaluations: Partial<Record<Side, Evaluation>>;
  predictions: ClipPrediction[];
  /**
   * Test clips judged relative to their speaker, see `adaptVoices`; absent where the model cannot be
   * told who speaks, or has heard the speakers in training, and in files of older versions.
   */
  adapted?: ClipPrediction[];
  /** Windows of the validation and test side, see `cutWindows`; absent in files of older versions. */
  windows?: LabelPrediction[];
  /** Test clips heard through each of `testChannels`; absent in files of older versions. */
  channels?: Partial<Record<ChannelName, LabelPrediction[]>>;
  /** Versions and machine, by name. */
  environment: Record<string, string>;
}

/** Time of all epochs, validation included, and of what came before them, in seconds. */
export function measureTrainingSec({
  history,
  preparationSec = 0,
}: {
  history: readonly Pick<EpochLog, 'durationSec'>[];
  preparationSec?: number;
}): number {
  return history.reduce((sum, { durationSec }) => sum + durationSec, preparationSec);
}
