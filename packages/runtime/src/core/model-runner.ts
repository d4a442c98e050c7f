import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import { createDisposedError } from './cancellation.ts';
import { type BatchLimits, checkMatrix, groupByLength, padBatch } from './feature-batch.ts';
import type { FrontEnd } from './front-end.ts';
import type { Device, InferenceSession, ModelOutput } from './inference.ts';
import type { Manifest } from './manifest.ts';
import { averageByWeight, cutPieces, type PieceLimits } from './pieces.ts';

/** Longest input of an encoder whose manifest does not say: 30 seconds. */
const longestEncodedSec = 30;

/**
 * Runs matrices of any number and length through a model's graph, in batches and pieces that it
 * can take and whose memory is bounded.
 */
export class ModelRunner {
  readonly #session: InferenceSession;
  readonly #input: Manifest['frontEnd']['kind'];
  readonly #featureCount: number;
  readonly #batchLimits: BatchLimits;
  readonly #pieceLimits: PieceLimits;
  #isReleased = false;

  /** @throws SerError `MODEL_INVALID` where the encoder takes no more than the zeros behind a clip. */
  constructor(session: InferenceSession, manifest: Manifest, frontEnd: FrontEnd) {
    this.#session = session;
    this.#input = manifest.frontEnd.kind;
    this.#featureCount = frontEnd.featureNames.length;
    this.#pieceLimits = limitPieces(manifest, frontEnd);
    const { mostFrames } = this.#pieceLimits;
    this.#batchLimits = {
      mostMatrices: manifest.batching === 'single' ? 1 : 32,
      // What an encoder takes at once bounds a batch too: attention over one long clip, whose memory
      // grows with the square of its frames, takes more than over several short ones.
      mostFrames: mostFrames === Infinity ? 1 << 15 : mostFrames,
    };
  }

  get device(): Device {
    return this.#session.device;
  }

  /**
   * One output of the model for each matrix, in their order. A matrix that is too long for the
   * encoder is cut into pieces, over which the output is averaged by their length.
   *
   * @throws SerError `INVALID_ARGUMENT` for a matrix of another width, `DISPOSED` after `release`.
   */
  async run(matrices: readonly FeatureMatrix[], output: ModelOutput): Promise<Float32Array[]> {
    matrices.forEach((matrix, index) => {
      checkMatrix(matrix, index, this.#featureCount);
    });
    const cut = matrices.map((matrix) => cutPieces(matrix, this.#pieceLimits));
    const rows = await this.#runPieces(
      cut.flatMap((pieces) => pieces.map(({ matrix }) => matrix)),
      output,
    );
    let next = 0;
    return cut.map((pieces) => {
      const first = next;
      next += pieces.length;
      const weights = pieces.map(({ weight }) => weight);
      return averageByWeight(rows.slice(first, next), weights);
    });
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    await this.#session.release();
  }

  async #runPieces(matrices: readonly FeatureMatrix[], output: ModelOutput) {
    const rows: Float32Array[] = new Array(matrices.length);
    for (const group of groupByLength(matrices, this.#batchLimits)) {
      if (this.#isReleased) {
        throw createDisposedError();
      }
      const batch = padBatch(
        group.map((index) => matrices[index]!),
        this.#input,
      );
      const values = await this.#session.run(batch, output);
      const width = values.length / group.length;
      group.forEach((index, row) => {
        rows[index] = values.slice(row * width, (row + 1) * width);
      });
    }
    return rows;
  }
}

function limitPieces({ encoder, frontEnd: config }: Manifest, frontEnd: FrontEnd): PieceLimits {
  const padFrames = Math.round((config.padEndSec ?? 0) * frontEnd.frameRateHz);
  if (!encoder && config.kind === 'features') return { mostFrames: Infinity, padFrames };
  const mostFrames =
    encoder?.maxFrames ?? Math.round(longestEncodedSec * frontEnd.frameRateHz) + padFrames;
  if (mostFrames > padFrames) return { mostFrames, padFrames };
  throw new SerError(
    'MODEL_INVALID',
    `The model's manifest is wrong at encoder.maxFrames: it is ${mostFrames}; the zeros behind a clip are ${padFrames} already.`,
  );
}
