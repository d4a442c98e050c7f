import { type FeatureMatrix, SerError, type SpectrogramOptions } from '@ser/dsp-wasm';
import { assertList } from './assert-list.ts';
import type { AudioClip } from './audio/audio-clip.ts';
import { defaultMaxDurationSec } from './audio/decode-audio.ts';
import { createDisposedError, throwIfAborted } from './cancellation.ts';
import { createFrontEnd, type FrontEnd, loadSharedDsp } from './front-end.ts';
import type { Device } from './inference.ts';
import { Judge, type JudgeWindows, SpeakerClips } from './judge.ts';
import { chooseLabels, type LabelChoice } from './label-choice.ts';
import { EmotionStream, fillStreamOptions, type StreamOptions } from './live/emotion-stream.ts';
import type { Manifest } from './manifest.ts';
import { readModelFile } from './model-file.ts';
import { nameSource } from './name-source.ts';
import type { Platform } from './platform.ts';
import { type BatchOutcome, type Prediction, toJudgement } from './prediction.ts';
import { loadNamed, openNamed, type PreparedClip, prepareClip } from './read-audio.ts';
import type { Segment } from './segments/segment.ts';
import { checkSegmenting, segmentSpeech } from './segments/segment-speech.ts';
import { SpeakerMean, type SpeakerProfile } from './speaker/speaker-profile.ts';
import { hearsSpeech } from './speech/hears-speech.ts';
import type { SpeechModel } from './speech/speech-model.ts';
import {
  fillTimelineOptions,
  judgeWindows,
  type TimelineOptions,
  type TimelineWindow,
} from './timeline.ts';
import { findUncertainty } from './uncertainty.ts';

/** Clips of a batch that are held as features at the same time. */
const batchClips = 32;

export interface PredictOptions {
  /** Stops the prediction between its steps. */
  signal?: AbortSignal;
  /** Longest clip to accept, in seconds. Default 600. */
  maxDurationSec?: number;
}

/** How one clip is judged. */
export interface ClipOptions extends PredictOptions {
  /** Who speaks, as `adapt` tells it: the clip is judged relative to this voice. Default: unknown. */
  speaker?: SpeakerProfile;
  /**
   * Whether a clip in which nobody speaks has no label. False for what the speech detector takes for
   * no speech though the model may judge it: singing, laughter, whispers. Default true.
   */
  speechCheck?: boolean;
  /**
   * Labels among which to answer, where it is known that no others occur; other words for them are
   * understood (`anger`). Default: all of the model's.
   */
  labels?: readonly string[] | undefined;
}

/** How a voice is learnt. */
export type AdaptOptions = PredictOptions & Pick<ClipOptions, 'speechCheck'>;

/** How several clips are judged. */
export interface BatchOptions extends ClipOptions {
  /**
   * Whether the clips are all of one person: each is judged relative to the others. Default false.
   */
  oneSpeaker?: boolean;
}

interface SpeechCheck {
  speechCheck?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** A clip of which only the features are still needed. */
type HeardClip = Omit<PreparedClip, 'settled'> & { hasSpeech: boolean };

/** The same with its place among the clips of a batch. */
type PlacedClip = HeardClip & { place: number };

/** A loaded model. Made by `createClassifier`. */
export class Classifier<Audio> {
  /** What the model file says of itself: labels, settings, training data, measured scores. */
  readonly manifest: Manifest;
  readonly #platform: Platform<Audio>;
  readonly #judge: Judge;
  readonly #frontEnd: FrontEnd;
  #speechModel: Promise<SpeechModel> | undefined;
  #isDisposed = false;

  /** Opens a model from the bytes of its file; entry points wrap this. */
  static async open<Audio>(
    model: Uint8Array,
    platform: Platform<Audio>,
  ): Promise<Classifier<Audio>> {
    const manifest = readModelFile(model);
    const frontEnd = await createFrontEnd(manifest.frontEnd);
    const judge = await Judge.open(model, { manifest, frontEnd }, platform.openSession);
    return new Classifier(manifest, platform, judge, frontEnd);
  }

  private constructor(
    manifest: Manifest,
    platform: Platform<Audio>,
    judge: Judge,
    frontEnd: FrontEnd,
  ) {
    this.manifest = manifest;
    this.#platform = platform;
    this.#judge = judge;
    this.#frontEnd = frontEnd;
  }

  /** The labels that the model tells apart, in the order of its output. */
  get labels(): readonly string[] {
    return this.manifest.labels;
  }

  /** What the model computes on and, where that is not what was wanted, why. */
  get device(): Device {
    return this.#judge.device;
  }

  /** Names of the columns of `features`; `waveform` alone of a model that takes the samples. */
  get featureNames(): readonly string[] {
    return this.#frontEnd.featureNames;
  }

  /**
   * Says which emotion a clip carries. Calls may overlap; each gets its own answer. A clip in which
   * nobody speaks has no label (Silero's voice-activity detector; in a browser, where it is told of
   * one).
   *
   * @throws SerError naming the file: `FILE_NOT_FOUND`, `FILE_UNREADABLE`, any `AUDIO_…` code,
   *   `ABORTED` after the signal, `DISPOSED` after `dispose`; `INVALID_ARGUMENT` for a `speaker` of
   *   another model, or `labels` that it does not know; where the speech model cannot be loaded, why.
   *
   * @example
   * const { label, confidence, uncertain } = await classifier.predict(audio);
   */
  async predict(audio: Audio, options: ClipOptions = {}): Promise<Prediction> {
    const choice = chooseLabels(this.labels, options.labels);
    const clip = await this.#hear(await this.#prepare(audio, options), options);
    throwIfAborted(options.signal);
    const [row] = await this.#judge.judgeWhole([clip], options.speaker);
    throwIfAborted(options.signal);
    return this.#toPrediction(clip, row!, choice);
  }

  /**
   * Predicts many clips, in their order. A clip that cannot be read is an outcome with an error and
   * costs no other its result.
   *
   * @throws SerError `INVALID_ARGUMENT` for what is no array, a `speaker` of another model, `labels`
   *   that it does not know, or `oneSpeaker` where the model cannot be told who speaks; `ABORTED` after the signal, `DISPOSED`
   *   after `dispose`.
   *
   * @example
   * for (const outcome of await classifier.predictBatch(clips)) {
   *   console.log(outcome.ok ? outcome.prediction.label : outcome.error.message);
   * }
   */
  async predictBatch(
    audios: readonly Audio[],
    options: BatchOptions = {},
  ): Promise<BatchOutcome[]> {
    assertList('audios', audios);
    const choice = chooseLabels(this.labels, options.labels);
    if (options.oneSpeaker) return this.#predictOneSpeaker(audios, options, choice);
    const outcomes: BatchOutcome[] = [];
    for (let first = 0; first < audios.length; first += batchClips) {
      outcomes.push(
        ...(await this.#predictGroup(audios.slice(first, first + batchClips), options, choice)),
      );
    }
    return outcomes;
  }

  /**
   * Decodes audio as `predict` does.
   *
   * @returns mono samples at the recording's own rate.
   * @throws SerError as `predict`, but not for audio that is silent or too short.
   */
  async decode(audio: Audio, options: PredictOptions = {}): Promise<AudioClip> {
    const { signal, maxDurationSec = defaultMaxDurationSec } = options;
    this.#assertUsable();
    return (await loadNamed(this.#platform, audio, { signal, maxDurationSec })).clip;
  }

  /**
   * The features that the model judges a clip by.
   *
   * @returns a matrix [frames, features]; its columns are named by `featureNames`. Of a model that
   *   takes the waveform, [samples, 1]: the clip resampled, trimmed and normalised.
   * @throws SerError as `predict`.
   */
  async features(audio: Audio, options: PredictOptions = {}): Promise<FeatureMatrix> {
    const { matrices } = await this.#prepare(audio, options, [1]);
    return matrices[0]!;
  }

  /**
   * What the model's encoder makes of a clip: the hidden states that the model is judged by, pooled
   * over the clip, at its own speed. A clip that is longer than the encoder takes has the mean over
   * its pieces.
   *
   * @throws SerError as `predict`; `INVALID_ARGUMENT` for a model without an encoder.
   *
   * @example
   * const [a, b] = await Promise.all(['a.wav', 'b.wav'].map((clip) => classifier.embedding(clip)));
   */
  async embedding(audio: Audio, options: PredictOptions = {}): Promise<Float32Array> {
    this.#judge.assertEmbeds();
    const matrix = await this.features(audio, options);
    throwIfAborted(options.signal);
    const [row] = await this.#judge.embed([matrix]);
    return row!;
  }

  /**
   * Learns a speaker's voice from clips that need no label, from one on; ten say much. What a voice
   * is like when nothing is felt differs from person to person more than emotions do, so `predict`
   * is right far more often where it knows the speaker. The clips should hold the emotions about as
   * they come; those in which nobody speaks count for nothing.
   *
   * @returns the profile for `predict` and `predictBatch` of this model, plain data.
   * @throws SerError as `predict`, of the first clip that cannot be read; `INVALID_ARGUMENT` for no
   *   clips, or a model that cannot be told who speaks.
   *
   * @example
   * const speaker = await classifier.adapt(recordingsOfAnna);
   * const { label } = await classifier.predict('anna.wav', { speaker });
   */
  async adapt(audios: readonly Audio[], options: AdaptOptions = {}): Promise<SpeakerProfile> {
    assertList('audios', audios);
    const { width } = this.#judge.requireHead('adapt');
    const mean = new SpeakerMean(width);
    for (const audio of audios) {
      const clip = await this.#hear(await this.#prepare(audio, options, [1]), options);
      if (!clip.hasSpeech) continue;
      const [embedding] = await this.#judge.embed(clip.matrices);
      mean.add(embedding!);
    }
    if (mean.profile) return mean.profile;
    throw new SerError(
      'INVALID_ARGUMENT',
      `audios holds ${audios.length} clips, and in none of them does anybody speak; one at least is needed.`,
    );
  }

  /**
   * The power spectrogram of a clip at the recording's own rate, as `Dsp.createSpectrogram` has it.
   *
   * @returns a matrix [frames, fftLength / 2 + 1].
   * @throws SerError as `predict`, but not for audio that is silent.
   */
  async spectrogram(
    audio: Audio,
    { signal, maxDurationSec, ...settings }: PredictOptions & SpectrogramOptions = {},
  ): Promise<FeatureMatrix> {
    const { samples } = await this.decode(audio, {
      ...(signal && { signal }),
      ...(maxDurationSec !== undefined && { maxDurationSec }),
    });
    return (await loadSharedDsp()).createSpectrogram(settings).compute(samples);
  }

  /**
   * Probabilities for features that were computed beforehand, in the order given. Padding within a
   * batch changes nothing. What is longer than the model's encoder takes (`manifest.encoder.maxFrames`,
   * else 30 seconds) is judged in pieces, whose probabilities are averaged by their length.
   *
   * @param matrices each [frames, features] of this model's front end.
   * @returns one row a matrix, in the order of `labels`.
   * @throws SerError `INVALID_ARGUMENT` for a matrix of another width, `DISPOSED` after `dispose`.
   */
  async predictFeatures(matrices: readonly FeatureMatrix[]): Promise<Float32Array[]> {
    assertList('matrices', matrices);
    return this.#judge.judgeFeatures(matrices);
  }

  /**
   * Embeddings of features that were computed beforehand, in the order given: see `embedding`.
   *
   * @throws SerError as `predictFeatures`; `INVALID_ARGUMENT` for a model without an encoder.
   */
  async embedFeatures(matrices: readonly FeatureMatrix[]): Promise<Float32Array[]> {
    assertList('matrices', matrices);
    return this.#judge.embed(matrices);
  }

  /**
   * Probabilities for embeddings that were computed beforehand, without the encoder: a thousand take
   * milliseconds.
   *
   * @param speaker whose embeddings they are; null: unknown.
   * @returns one row an embedding, in the order of `labels`.
   * @throws SerError `INVALID_ARGUMENT` for a model that cannot be told who speaks, an embedding of
   *   another length, or a speaker of another model; `DISPOSED` after `dispose`.
   */
  async predictEmbeddings(
    embeddings: readonly Float32Array[],
    speaker: SpeakerProfile | null = null,
  ): Promise<Float32Array[]> {
    assertList('embeddings', embeddings);
    this.#assertUsable();
    return this.#judge.requireHead('predictEmbeddings').judge(embeddings, speaker);
  }

  /**
   * Judges a recording window by window, from its start to its end; windows may overlap. Windows in
   * which nobody speaks are told as such. Results come as they are made.
   *
   * @throws SerError as `predict` does; `INVALID_ARGUMENT` for `oneSpeaker` where the model cannot be
   *   told who speaks.
   *
   * @example
   * for await (const { startSec, endSec, prediction } of classifier.timeline('talk.flac')) {
   *   console.log(startSec, endSec, prediction?.label ?? 'nobody speaks');
   * }
   */
  async *timeline(audio: Audio, options: TimelineOptions = {}): AsyncGenerator<TimelineWindow> {
    const { windowSec, hopSec, signal, maxDurationSec, speechCheck } = fillTimelineOptions(options);
    this.#assertUsable();
    const { labels, judge: judgeAll } = this.#judge.followRecording({
      ...options,
      windowSec,
      hopSec,
    });
    const judge = this.#judgeSpeech(judgeAll, { speechCheck, signal });
    const limits = { maxDurationSec, signal };
    const { stream, name } = await openNamed(this.#platform, audio, limits);
    try {
      yield* judgeWindows(stream, {
        ...{ windowSec, hopSec, signal, labels, judge },
      });
    } catch (error) {
      throw nameSource(error, name);
    } finally {
      await stream.close();
    }
  }

  /**
   * Finds where somebody speaks in a recording (Silero's voice-activity detector) and with which
   * emotion, from its start to its end; silence and noise are skipped. Each span of speech is
   * judged in overlapping windows, whose probabilities are averaged where they overlap; neighbours
   * with the same label are one segment. Segments come as they are made; a recording without speech
   * has none.
   *
   * @throws SerError as `predict` does, but not `AUDIO_SILENT`; `INVALID_ARGUMENT` for a window or hop
   *   that is too short, or a hop longer than the window; where the speech model cannot be loaded,
   *   why.
   *
   * @example
   * for await (const { startSec, endSec, label } of classifier.segments('talk.flac')) {
   *   console.log(startSec, endSec, label);
   * }
   */
  async *segments(audio: Audio, options: TimelineOptions = {}): AsyncGenerator<Segment> {
    const { windowSec, hopSec, signal, maxDurationSec } = fillTimelineOptions(options);
    checkSegmenting(windowSec, hopSec);
    const [dsp, speechModel] = await Promise.all([loadSharedDsp(), this.#openSpeechModel()]);
    this.#assertUsable();
    const { labels, judge } = this.#judge.followRecording({ ...options, windowSec, hopSec });
    const limits = { maxDurationSec, signal };
    const { stream, name } = await openNamed(this.#platform, audio, limits);
    try {
      yield* segmentSpeech(stream, {
        ...{ dsp, speechModel, windowSec, hopSec, signal, labels, judge },
      });
    } catch (error) {
      throw nameSource(error, name);
    } finally {
      await stream.close();
    }
  }

  /**
   * Opens a live stream: push the samples that a microphone gives, in chunks of any size, and receive
   * an update every half second of audio. A stream needs no closing; it ends when nothing is pushed.
   *
   * @throws SerError `INVALID_ARGUMENT` for a rate, window or hop out of range; where the speech model
   *   cannot be loaded, why.
   *
   * @example
   * const stream = await classifier.stream({ sampleRateHz: audioContext.sampleRate });
   * for await (const chunk of microphone) {
   *   for (const { timeSec, prediction } of await stream.push(chunk)) {
   *     console.log(timeSec, prediction?.label ?? 'nobody speaks');
   *   }
   * }
   */
  async stream(options: StreamOptions): Promise<EmotionStream> {
    const [dsp, speechModel] = await Promise.all([loadSharedDsp(), this.#openSpeechModel()]);
    const parts = {
      ...{ dsp, speechModel },
      ...this.#judge.followRecording(fillStreamOptions(options)),
      featureRateHz: this.#frontEnd.sampleRateHz,
    };
    return new EmotionStream(parts, options);
  }

  /** Frees the models' memory. Calling it again does nothing. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.#judge.release();
    const speechModel = await this.#speechModel?.catch(() => undefined);
    await speechModel?.release();
  }

  /** The detector is opened once; where that failed, the next call tries again. */
  #openSpeechModel(): Promise<SpeechModel> {
    this.#assertUsable();
    this.#speechModel ??= this.#platform.openSpeechModel().catch((error) => {
      this.#speechModel = undefined;
      throw error;
    });
    return this.#speechModel;
  }

  async #prepare(
    audio: Audio,
    { signal, maxDurationSec = defaultMaxDurationSec }: PredictOptions,
    speeds = this.#judge.speeds,
  ): Promise<PreparedClip> {
    this.#assertUsable();
    const loaded = await loadNamed(this.#platform, audio, { signal, maxDurationSec });
    return prepareClip(this.#frontEnd, loaded, speeds);
  }

  #toPrediction(
    { durationSec, soundSec, hasSpeech }: HeardClip,
    row: Float32Array,
    { labels, restrict }: LabelChoice,
  ): Prediction {
    const { label, confidence, probabilities } = toJudgement(labels, restrict(row));
    const heard = { hasSpeech, confidence, soundSec };
    const uncertain = findUncertainty(heard, this.manifest.uncertainty);
    const judged = hasSpeech ? { label, confidence } : { label: null, confidence: 0 };
    return { ...judged, probabilities, uncertain, durationSec };
  }

  async #hear({ settled, ...clip }: PreparedClip, options: SpeechCheck): Promise<HeardClip> {
    return { ...clip, hasSpeech: await this.#hearsSpeech(settled, options) };
  }

  /** Whether somebody speaks; true where that is not to be checked, or cannot be. */
  async #hearsSpeech(
    settled: AudioClip,
    { speechCheck = true, signal }: SpeechCheck,
  ): Promise<boolean> {
    if (!speechCheck || !this.#platform.hasSpeechModel) return true;
    const [dsp, speechModel] = await Promise.all([loadSharedDsp(), this.#openSpeechModel()]);
    return hearsSpeech(settled, { dsp, speechModel, signal });
  }

  /** Has windows judged in which somebody speaks; null for the others. */
  #judgeSpeech(judge: JudgeWindows, options: SpeechCheck): JudgeWindows {
    return async (windows) => {
      // All of them at once: a window is a view of samples that may change while speech is looked for.
      const settled = windows.map((window) => this.#frontEnd.settleUnlessSilent(window));
      const spoken: AudioClip[] = [];
      const isSpoken: boolean[] = [];
      for (const window of settled) {
        const hasSpeech = window !== null && (await this.#hearsSpeech(window, options));
        isSpoken.push(hasSpeech);
        if (hasSpeech) spoken.push(window);
      }
      const rows = await judge(spoken);
      return isSpoken.map((hasSpeech) => (hasSpeech ? rows.shift()! : null));
    };
  }

  async #predictGroup(
    audios: readonly Audio[],
    options: ClipOptions,
    choice: LabelChoice,
  ): Promise<BatchOutcome[]> {
    const { outcomes, prepared } = await this.#prepareGroup(audios, options);
    const clips = prepared.map(({ clip }) => clip);
    const rows = await this.#judge.judgeWhole(clips, options.speaker);
    throwIfAborted(options.signal);
    prepared.forEach(({ index, clip }, row) => {
      outcomes[index] = { ok: true, prediction: this.#toPrediction(clip, rows[row]!, choice) };
    });
    return outcomes;
  }

  /** Embeds all clips, and then judges each relative to the others. */
  async #predictOneSpeaker(
    audios: readonly Audio[],
    options: ClipOptions,
    choice: LabelChoice,
  ): Promise<BatchOutcome[]> {
    const speaker = new SpeakerClips<PlacedClip>(this.#judge);
    const outcomes: BatchOutcome[] = [];
    for (let first = 0; first < audios.length; first += batchClips) {
      const group = await this.#prepareGroup(audios.slice(first, first + batchClips), options);
      outcomes.push(...group.outcomes);
      await speaker.add(
        group.prepared.map(({ index, clip }) => ({ place: first + index, ...clip })),
      );
      throwIfAborted(options.signal);
    }
    for (const { clip, row } of await speaker.judge()) {
      outcomes[clip.place] = { ok: true, prediction: this.#toPrediction(clip, row, choice) };
    }
    return outcomes;
  }

  /** Prepares clips; those that cannot be read have an outcome already. */
  async #prepareGroup(audios: readonly Audio[], options: ClipOptions) {
    const outcomes: BatchOutcome[] = new Array(audios.length);
    const prepared: { index: number; clip: HeardClip }[] = [];
    for (const [index, audio] of audios.entries()) {
      try {
        const clip = await this.#hear(await this.#prepare(audio, options), options);
        prepared.push({ index, clip });
      } catch (error) {
        if (!(error instanceof SerError) || error.code === 'ABORTED' || error.code === 'DISPOSED') {
          throw error;
        }
        outcomes[index] = { ok: false, error };
      }
    }
    return { outcomes, prepared };
  }

  #assertUsable(): void {
    if (this.#isDisposed) {
      throw createDisposedError();
    }
  }
}
