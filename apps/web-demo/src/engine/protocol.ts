import type {
  AudioClip,
  DownloadProgress,
  LiveUpdate,
  Manifest,
  Prediction,
  Segment,
  TimelineWindow,
} from '@ser/runtime/web';

/** An error as it can cross from the worker to the page. */
export interface Failure {
  code: string;
  message: string;
}

/** A model of the worker's: one of the page's two, or the user's file. */
export type ModelName = 'small' | 'default' | 'own';

/** What a model says of a clip as a whole, and of itself. */
export interface Verdict {
  prediction: Prediction;
  model: ModelName;
  manifest: Manifest;
}

/** What is known of a clip as soon as it has been judged as a whole. */
export interface ClipOverview extends Verdict {
  /** Lowest and highest sample of each of the waveform's columns, in turn. */
  peaks: Float32Array;
  /** The samples that the model heard, as a WAV file to play. */
  playable: Blob;
  sampleRateHz: number;
}

/** What happens when in a clip. */
export interface Track {
  /** Where somebody speaks and how; null where speech could not be looked for. */
  segments: Segment[] | null;
  /** Why there are no segments. */
  segmentsFailure: Failure | null;
  windows: TimelineWindow[];
}

/** The pictures of a clip that can be asked for. */
export const pictureKinds = ['spectrogram', 'mel', 'mfcc', 'chroma', 'contrast'] as const;
export type PictureKind = (typeof pictureKinds)[number];

/** A mark on the vertical axis: `at` is 0 at the bottom and 1 at the top. */
export interface AxisMark {
  at: number;
  text: string;
}

/** A picture of features: a column a moment, low rows at the bottom. */
export interface FeaturePicture {
  kind: PictureKind;
  image: ImageData;
  /** Time from one frame to the next, before frames were averaged to fit. */
  hopSec: number;
  rows: number;
  marks: AxisMark[];
  /** What the darkest and the brightest colour stand for; null where each row has its own scale. */
  range: { low: number; high: number; unit: string } | null;
}

/** What a live signal brings: a level many times a second, an update every half second. */
export type LiveEvent =
  | { kind: 'level'; timeSec: number; rms: number; peak: number }
  | { kind: 'update'; update: LiveUpdate; delaySec: number };

/** What the page may ask of the worker: parameters, what is told meanwhile, and the answer. */
export interface EngineCalls {
  /** Calls that name the model meanwhile wait for it; a user's file takes the place of the one before. */
  loadModel: {
    params: { model: ModelName; file: Blob | null };
    progress: DownloadProgress;
    result: Manifest;
  };
  openClip: {
    params: { clipId: number; source: File | AudioClip; model: ModelName };
    progress: never;
    result: ClipOverview;
  };
  judgeClip: {
    params: { clipId: number; model: ModelName };
    progress: never;
    result: Verdict;
  };
  trackClip: {
    params: { clipId: number; model: ModelName };
    progress: number;
    result: Track;
  };
  drawFeatures: {
    params: { clipId: number; kind: PictureKind; model: ModelName };
    progress: never;
    result: FeaturePicture;
  };
  closeClip: { params: { clipId: number }; progress: never; result: null };
  /** Goes on until it is stopped, and answers then with what was heard last. */
  listen: {
    params: { port: MessagePort; sampleRateHz: number; model: ModelName };
    progress: LiveEvent;
    result: AudioClip;
  };
}

export type CallName = keyof EngineCalls;

/** What the page sends. */
export type EngineRequest =
  | {
      [Name in CallName]: { id: number; name: Name; params: EngineCalls[Name]['params'] };
    }[CallName]
  | { id: number; name: 'cancel' };

/** What the worker sends back, any number of times `progress` and one of the others last. */
export type EngineAnswer =
  | { id: number; kind: 'progress'; value: unknown }
  | { id: number; kind: 'done'; result: unknown }
  | { id: number; kind: 'failed'; failure: Failure };
