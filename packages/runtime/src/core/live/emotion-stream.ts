import { type Dsp, SerError } from '@ser/dsp-wasm';
import type { AudioClip } from '../audio/audio-clip.ts';
import { assertFinite } from '../audio/check-clip.ts';
import { highestRateHz, lowestRateHz } from '../audio/mono-mixer.ts';
import { createRateConverter, type RateConverter } from '../audio/rate-converter.ts';
import { OffsetRemover } from '../audio/remove-offset.ts';
import type { Judgement } from '../prediction.ts';
import { checkSegmenting } from '../segments/segment-speech.ts';
import type { SpeechModel } from '../speech/speech-model.ts';
import { SpeechTracker } from '../speech/speech-tracker.ts';
import { SampleHistory } from './sample-history.ts';
import { SteadyLabel } from './steady-label.ts';

export interface StreamOptions {
  /** Rate of the samples that will be pushed, 1,000 to 768,000 Hz: the capturing device's own. */
  sampleRateHz: number;
  /** Longest stretch of speech that one update judges, in seconds. Default 3. */
  windowSec?: number;
  /** From one update to the next, in seconds of audio. Default 0.5. */
  hopSec?: number;
  /**
   * Whether one person speaks alone: each update is judged relative to what was heard of the voice up
   * to there. Default false.
   */
  oneSpeaker?: boolean;
  /** Labels among which to answer, as for a clip. Default: all of the model's. */
  labels?: readonly string[] | undefined;
}

/** Options with the defaults in place of what is left out. */
export function fillStreamOptions({ windowSec = 3, hopSec = 0.5, ...rest }: StreamOptions) {
  return { windowSec, hopSec, ...rest };
}

/** What is heard at one moment of a live signal. */
export interface LiveUpdate {
  /** The moment, in seconds of audio since the start of the stream. */
  timeSec: number;
  /**
   * The emotion of the speech that goes on, or null while nobody speaks. Its probabilities are
   * smoothed over the utterance, and its label is held until another leads by 0.1.
   */
  prediction: Judgement | null;
}

/** What a stream needs of its classifier. */
export interface StreamParts {
  dsp: Dsp;
  speechModel: SpeechModel;
  labels: readonly string[];
  /** Rate of the model's features. */
  featureRateHz: number;
  /** Probabilities of each clip; null for one that is silent. */
  judge(clips: readonly AudioClip[]): Promise<(Float32Array | null)[]>;
}

/**
 * Follows the emotion of a live signal. Made by `classifier.stream`. What it says depends on the
 * samples alone, never on how they were cut into chunks, and its memory does not grow.
 */
export class EmotionStream {
  readonly #parts: StreamParts;
  readonly #sampleRateHz: number;
  readonly #hopSec: number;
  readonly #windowLength: number;
  readonly #offset: OffsetRemover;
  readonly #tracker: SpeechTracker;
  readonly #converter: RateConverter;
  readonly #history: SampleHistory;
  readonly #label: SteadyLabel;
  #received = 0;
  #updates = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws SerError `INVALID_ARGUMENT`. */
  constructor(parts: StreamParts, options: StreamOptions) {
    const { sampleRateHz, windowSec, hopSec } = fillStreamOptions(options);
    checkRate(sampleRateHz);
    checkSegmenting(windowSec, hopSec);
    const { dsp, speechModel, labels, featureRateHz } = parts;
    this.#parts = parts;
    this.#sampleRateHz = sampleRateHz;
    this.#hopSec = hopSec;
    this.#windowLength = Math.ceil(windowSec * featureRateHz);
    this.#offset = new OffsetRemover(sampleRateHz);
    this.#tracker = new SpeechTracker(dsp, speechModel, sampleRateHz);
    this.#converter = createRateConverter(dsp, { fromHz: sampleRateHz, toHz: featureRateHz });
    this.#history = new SampleHistory(this.#windowLength);
    this.#label = new SteadyLabel(labels);
  }

  /**
   * After how many seconds of audio, at most, a sound that belongs to speech has its part in an
   * update: one hop, a frame of the speech detector (32 ms) and the resamplers' delay. Speech that
   * begins is told from noise after a quarter of a second more. The time to compute comes on top.
   */
  get latencySec(): number {
    const converterSec = this.#converter.latencySamples / this.#sampleRateHz;
    return this.#hopSec + Math.max(this.#tracker.latencySec, converterSec);
  }

  /**
   * Takes the next chunk, of any length; it may be changed afterwards. Await it before the next one
   * where chunks can come faster than they are judged, or they pile up.
   *
   * @returns the updates whose moments have been reached now, often none.
   * @throws SerError `INVALID_ARGUMENT` or `AUDIO_NOT_FINITE`, and the chunk counts for nothing;
   *   `DISPOSED` once the classifier is, and then for good.
   */
  async push(samples: Float32Array): Promise<LiveUpdate[]> {
    if (!(samples instanceof Float32Array)) {
      const shown = Object.prototype.toString.call(samples);
      throw new SerError('INVALID_ARGUMENT', `samples is ${shown}; it must be a Float32Array.`);
    }
    assertFinite(samples);
    const chunk = samples.slice();
    const updates = this.#last.then(() => this.#take(chunk));
    this.#last = updates;
    return updates;
  }

  /** Cuts the chunk where updates are due, so that each sees the same samples whatever the chunks. */
  async #take(chunk: Float32Array): Promise<LiveUpdate[]> {
    const updates: LiveUpdate[] = [];
    for (let start = 0; start < chunk.length; ) {
      const dueSec = (this.#updates + 1) * this.#hopSec;
      const due = Math.round(dueSec * this.#sampleRateHz);
      const piece = chunk.subarray(start, start + due - this.#received);
      this.#history.push(this.#converter.push(piece));
      if ((await this.#tracker.push(this.#offset.push(piece))).length > 0) this.#label.reset();
      this.#received += piece.length;
      start += piece.length;
      if (this.#received < due) break;
      this.#updates++;
      updates.push({ timeSec: dueSec, prediction: await this.#judgeSpeech() });
    }
    return updates;
  }

  async #judgeSpeech(): Promise<Judgement | null> {
    const speech = this.#tracker.open;
    if (!speech) return null;
    const { featureRateHz, judge } = this.#parts;
    const samples = this.#history.since(Math.round(speech.startSec * featureRateHz));
    const [row] = await judge([{ samples, sampleRateHz: featureRateHz }]);
    if (row) this.#label.update(row);
    return this.#label.judgement;
  }
}

function checkRate(sampleRateHz: number): void {
  const isRate =
    Number.isInteger(sampleRateHz) && sampleRateHz >= lowestRateHz && sampleRateHz <= highestRateHz;
  if (!isRate) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `sampleRateHz is ${sampleRateHz}; it must be a whole number of hertz from ${lowestRateHz} to ${highestRateHz}.`,
    );
  }
}
