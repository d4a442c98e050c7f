import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio/audio-clip.ts';
import { averageOverSpeeds } from './average-over-speeds.ts';
import type { FrontEnd } from './front-end.ts';
import { checkGraph, type Device, type OpenSession } from './inference.ts';
import { chooseLabels } from './label-choice.ts';
import type { Manifest } from './manifest.ts';
import { ModelRunner } from './model-runner.ts';
import { averageByWeight } from './pieces.ts';
import { SpeakerHead } from './speaker/speaker-head.ts';
import { SpeakerMean, type SpeakerProfile } from './speaker/speaker-profile.ts';
import { applyTemperature } from './temperature.ts';

/** How the windows of one recording are judged: probabilities of each, or null. */
export type JudgeWindows = (windows: readonly AudioClip[]) => Promise<(Float32Array | null)[]>;

/** How a recording is followed. */
interface Following {
  oneSpeaker?: boolean;
  labels?: readonly string[] | undefined;
  windowSec: number;
  hopSec: number;
}

/** A whole clip: its features at each of the model's speeds. */
interface WholeClip {
  matrices: readonly FeatureMatrix[];
}

/**
 * The model's part of a classifier: probabilities of features, whole clips and windows, relative to
 * whoever speaks where that is known.
 */
export class Judge {
  readonly #manifest: Manifest;
  readonly #frontEnd: FrontEnd;
  readonly #runner: ModelRunner;
  /** null where the model cannot be told who speaks. */
  readonly #head: SpeakerHead | null;

  /** @throws SerError `MODEL_INVALID` where the graph is not what the manifest says. */
  static async open(
    model: Uint8Array,
    { manifest, frontEnd }: { manifest: Manifest; frontEnd: FrontEnd },
    openSession: OpenSession,
  ): Promise<Judge> {
    const session = await openSession(model);
    try {
      checkGraph(session, manifest, frontEnd.featureNames.length);
      const runner = new ModelRunner(session, manifest, frontEnd);
      const head = await SpeakerHead.open(model, manifest, openSession);
      return new Judge(manifest, frontEnd, runner, head);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  private constructor(
    manifest: Manifest,
    frontEnd: FrontEnd,
    runner: ModelRunner,
    head: SpeakerHead | null,
  ) {
    this.#manifest = manifest;
    this.#frontEnd = frontEnd;
    this.#runner = runner;
    this.#head = head;
  }

  get device(): Device {
    return this.#runner.device;
  }

  /** At which a whole clip is judged. */
  get speeds(): readonly number[] {
    return this.#manifest.speeds ?? [1];
  }

  async embed(matrices: readonly FeatureMatrix[]): Promise<Float32Array[]> {
    this.assertEmbeds();
    return this.#runner.run(matrices, 'embedding');
  }

  /** @throws SerError `INVALID_ARGUMENT` for a model without an encoder. */
  assertEmbeds(): void {
    const { encoder, name } = this.#manifest;
    if (encoder) return;
    throw new SerError(
      'INVALID_ARGUMENT',
      `The model ${name} has no embedding; only one with an encoder in its manifest gives any.`,
    );
  }

  /**
   * @throws SerError `INVALID_ARGUMENT` for a speaker of another model, or where the model cannot be
   *   told who speaks.
   */
  async judgeFeatures(
    matrices: readonly FeatureMatrix[],
    speaker?: SpeakerProfile,
  ): Promise<Float32Array[]> {
    const head = speaker ? this.requireHead('speaker') : this.#head;
    if (!head) return this.#runner.run(matrices, 'probabilities');
    return head.judge(await this.embed(matrices), speaker ?? null);
  }

  /** Probabilities of each clip, over the model's speeds. */
  async judgeWhole(clips: readonly WholeClip[], speaker?: SpeakerProfile): Promise<Float32Array[]> {
    const rows = await this.judgeFeatures(
      clips.flatMap(({ matrices }) => matrices),
      speaker,
    );
    return averageOverSpeeds(rows, this.speeds.length);
  }

  /**
   * How the windows of one recording are judged, one group after the other, and among which labels.
   *
   * @throws SerError `INVALID_ARGUMENT` for labels that the model does not know, or `oneSpeaker` where
   *   it cannot be told who speaks.
   */
  followRecording({ labels, ...options }: Following): {
    labels: readonly string[];
    judge: JudgeWindows;
  } {
    const choice = chooseLabels(this.#manifest.labels, labels);
    const judge = this.#followVoice(options);
    return {
      labels: choice.labels,
      judge: async (windows) => (await judge(windows)).map((row) => row && choice.restrict(row)),
    };
  }

  #followVoice({ oneSpeaker = false, windowSec, hopSec }: Following): JudgeWindows {
    if (!oneSpeaker) {
      return (windows) => this.#judgeWindows(windows, (found) => this.judgeFeatures(found));
    }
    const head = this.requireHead('oneSpeaker');
    const mean = new SpeakerMean(head.width);
    const share = Math.min(1, hopSec / windowSec);
    return (windows) =>
      this.#judgeWindows(windows, async (matrices) => {
        const embeddings = await this.embed(matrices);
        for (const embedding of embeddings) mean.add(embedding, share);
        return head.judge(embeddings, mean.profile);
      });
  }

  /** @throws SerError `INVALID_ARGUMENT`, naming the parameter, where the model cannot be told who speaks. */
  requireHead(parameter: string): SpeakerHead {
    if (this.#head) return this.#head;
    throw new SerError(
      'INVALID_ARGUMENT',
      `${parameter} needs a model that can be told who speaks; the manifest of ${this.#manifest.name} has no speaker.`,
    );
  }

  async release(): Promise<void> {
    await this.#runner.release();
    await this.#head?.release();
  }

  /** Probabilities of each window, at its own speed alone; null for one that is silent. */
  async #judgeWindows(
    windows: readonly AudioClip[],
    judge: (matrices: readonly FeatureMatrix[]) => Promise<Float32Array[]>,
  ): Promise<(Float32Array | null)[]> {
    const matrices = windows.map((window) => {
      const settled = this.#frontEnd.settleUnlessSilent(window);
      return settled && this.#frontEnd.processWindow(settled);
    });
    const rows = await judge(matrices.filter((matrix) => matrix !== null));
    const { temperature, windowTemperature = temperature } = this.#manifest.calibration;
    const temper = (row: Float32Array) =>
      Float32Array.from(applyTemperature(row, windowTemperature / temperature));
    return matrices.map((matrix) => (matrix ? temper(rows.shift()!) : null));
  }
}

/** Clips of one person, each of which is judged relative to the others once all have been heard. */
export class SpeakerClips<Clip extends WholeClip & { hasSpeech: boolean }> {
  readonly #judge: Judge;
  readonly #head: SpeakerHead;
  readonly #mean: SpeakerMean;
  readonly #heard: { clip: Clip; rows: Float32Array[]; own: Float32Array }[] = [];

  /** @throws SerError `INVALID_ARGUMENT` where the model cannot be told who speaks. */
  constructor(judge: Judge) {
    this.#judge = judge;
    this.#head = judge.requireHead('oneSpeaker');
    this.#mean = new SpeakerMean(this.#head.width);
  }

  /** Embeds clips; their features are not kept. */
  async add(clips: readonly Clip[]): Promise<void> {
    const embeddings = await this.#judge.embed(clips.flatMap(({ matrices }) => matrices));
    const speeds = this.#judge.speeds.length;
    clips.forEach((clip, at) => {
      const rows = embeddings.slice(at * speeds, (at + 1) * speeds);
      const own = averageByWeight(
        rows,
        rows.map(() => 1),
      );
      if (clip.hasSpeech) this.#mean.add(own);
      this.#heard.push({ clip: { ...clip, matrices: [] }, rows, own });
    });
  }

  /** Each clip, in the order in which they came, with its probabilities. */
  async judge(): Promise<{ clip: Clip; row: Float32Array }[]> {
    const judged: { clip: Clip; row: Float32Array }[] = [];
    for (const { clip, rows, own } of this.#heard) {
      const others = clip.hasSpeech ? this.#mean.without(own) : this.#mean.profile;
      const [row] = averageOverSpeeds(await this.#head.judge(rows, others), rows.length);
      judged.push({ clip, row: row! });
    }
    return judged;
  }
}
