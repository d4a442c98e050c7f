import { SerError } from '@ser/dsp-wasm';
import { createFloats, decodeModel, encodeModel, pruneModel } from '@ser/onnx';
import { createDisposedError } from '../cancellation.ts';
import type { InferenceSession, OpenSession } from '../inference.ts';
import type { Manifest } from '../manifest.ts';
import type { SpeakerProfile } from './speaker-profile.ts';
import {
  measureShift,
  parseVoicePrior,
  speakerShift,
  type VoicePrior,
  voicesKey,
} from './voice-prior.ts';

/**
 * The part of a model behind its embedding, as a session of its own: so a clip can be judged relative
 * to whoever speaks without being encoded again.
 */
export class SpeakerHead {
  /** Numbers of an embedding. */
  readonly width: number;
  readonly #session: InferenceSession;
  readonly #prior: VoicePrior;
  /** Of the voice that the model was adapted to; null: of nobody's. */
  readonly #ownShift: Float32Array | null;
  #isReleased = false;

  /**
   * Returns null for a model whose manifest does not say that it can be told who speaks.
   *
   * @throws SerError `MODEL_INVALID` where the file is not what the manifest says.
   */
  static async open(
    model: Uint8Array,
    { speaker, labels }: Manifest,
    openSession: OpenSession,
  ): Promise<SpeakerHead | null> {
    if (!speaker) return null;
    const whole = decodeModel(model);
    const prior = parseVoicePrior(whole.metadata[voicesKey]);
    const width = prior.centre.length;
    const head = pruneModel({
      ...whole,
      nodes: whole.nodes.filter(({ outputs }) => !outputs.includes('embedding')),
      // What is to be taken off is taken off before.
      initialisers: whole.initialisers.map((each) =>
        each.name === speakerShift
          ? createFloats(speakerShift, [width], new Float32Array(width))
          : each,
      ),
      inputs: [{ name: 'embedding', type: 'float32', shape: ['batch', width] }],
      outputs: [{ name: 'probabilities', type: 'float32', shape: ['batch', labels.length] }],
      metadata: {},
    });
    return new SpeakerHead(await openSession(encodeModel(head)), prior);
  }

  private constructor(session: InferenceSession, prior: VoicePrior) {
    const { told, centre } = prior;
    this.#session = session;
    this.#prior = prior;
    this.#ownShift = told && measureShift(told, { ...prior, told: null });
    this.width = centre.length;
  }

  /**
   * Probabilities for embeddings, relative to who speaks; null: nobody knows.
   *
   * @throws SerError `INVALID_ARGUMENT` for an embedding or a profile of another model, `DISPOSED`
   *   after `release`.
   */
  async judge(
    embeddings: readonly Float32Array[],
    speaker: SpeakerProfile | null,
  ): Promise<Float32Array[]> {
    const count = embeddings.length;
    if (count === 0) return [];
    if (this.#isReleased) {
      throw createDisposedError();
    }
    const shift = speaker ? measureShift(speaker, this.#prior) : this.#ownShift;
    const values = new Float32Array(count * this.width);
    embeddings.forEach((embedding, at) => {
      if (embedding.length !== this.width) {
        throw new SerError(
          'INVALID_ARGUMENT',
          `embeddings[${at}] has ${embedding.length} numbers; the model's have ${this.width}.`,
        );
      }
      const moved = shift ? embedding.map((value, i) => value - shift[i]!) : embedding;
      values.set(moved, at * this.width);
    });
    const shape = [count, this.width];
    const found = await this.#session.run({ input: 'embedding', values, shape }, 'probabilities');
    const classes = found.length / count;
    return embeddings.map((_, at) => found.slice(at * classes, (at + 1) * classes));
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    await this.#session.release();
  }
}
