import { SerError } from '@ser/dsp-wasm';
import { decodeModel, encodeModel, pruneModel, readFloats } from '@ser/onnx';
import type { InferenceSession, OpenSession } from '../inference.ts';
import type { Manifest } from '../manifest.ts';
import { measureShift, type SpeakerProfile } from './speaker-profile.ts';

/** The graph's constant that an embedding is taken relative to: the mean over speakers. */
export const speakerCentre = 'speaker/centre';

/**
 * The part of a model behind its embedding, as a session of its own: so a clip can be judged relative
 * to whoever speaks without being encoded again.
 */
export class SpeakerHead {
  /** Numbers of an embedding. */
  readonly width: number;
  readonly #session: InferenceSession;
  readonly #prior: { centre: Float32Array; priorClips: number };
  #isReleased = false;

  /**
   * Returns null for a model whose manifest does not say that it can be told who speaks.
   *
   * @throws SerError `MODEL_INVALID` where the graph is not what the manifest says.
   */
  static async open(
    model: Uint8Array,
    { speaker, labels }: Manifest,
    openSession: OpenSession,
  ): Promise<SpeakerHead | null> {
    if (!speaker) return null;
    const whole = decodeModel(model);
    const tensor = whole.initialisers.find(({ name }) => name === speakerCentre);
    const centre = tensor && readFloats(tensor);
    if (!centre) {
      throw new SerError(
        'MODEL_INVALID',
        `The model's manifest has a speaker; its graph lacks the constant ${speakerCentre}.`,
      );
    }
    const head = pruneModel({
      ...whole,
      nodes: whole.nodes.filter(({ outputs }) => !outputs.includes('embedding')),
      inputs: [{ name: 'embedding', type: 'float32', shape: ['batch', centre.length] }],
      outputs: [{ name: 'probabilities', type: 'float32', shape: ['batch', labels.length] }],
      metadata: {},
    });
    const session = await openSession(encodeModel(head));
    return new SpeakerHead(session, { centre, priorClips: speaker.priorClips });
  }

  private constructor(
    session: InferenceSession,
    prior: { centre: Float32Array; priorClips: number },
  ) {
    this.#session = session;
    this.#prior = prior;
    this.width = prior.centre.length;
  }

  /**
   * Probabilities for embeddings, relative to who speaks; null: nothing is known.
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
    embeddings.forEach(({ length }, at) => {
      if (length === this.width) return;
      throw new SerError(
        'INVALID_ARGUMENT',
        `embeddings[${at}] has ${length} numbers; the model's have ${this.width}.`,
      );
    });
    if (this.#isReleased) {
      throw new SerError('DISPOSED', 'The classifier was disposed of; create another one.');
    }
    const shift = speaker && measureShift(speaker, this.#prior);
    const values = new Float32Array(count * this.width);
    embeddings.forEach((embedding, at) => {
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
