import type { Shape, serialization, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { createRandom } from '../random.ts';
import { tf } from '../tensorflow/tf.ts';

/** How much is masked. */
export interface SpecAugmentSettings {
  /** Blocks of frames masked in each clip. */
  timeMasks: number;
  /** Longest block of frames, as a share of the clip. */
  timeShare: number;
  /** Blocks of feature columns masked in each clip. */
  featureMasks: number;
  /** Widest block of columns, as a share of all. */
  featureShare: number;
}

/** Settings of {@link SpecAugment}. */
export interface SpecAugmentConfig extends SpecAugmentSettings {
  name: string;
  seed: number;
}

/**
 * SpecAugment without time warp (Park et al. 2019), in training only: blocks of frames and blocks
 * of feature columns of each clip become 0, which after normalisation is the mean. Inputs: a
 * sequence [batch, frames, width] and lengths [batch] (int32, in frames). The masks are a pure
 * function of the seed and the training step.
 */
export class SpecAugment extends tf.layers.Layer {
  static readonly className = 'SpecAugment';
  readonly config: SpecAugmentConfig;
  /** The training step; the training loop counts it. */
  step = 0;

  constructor(config: SpecAugmentConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[], options: { training?: boolean }): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      if (!options.training) return x.clone();
      const [batch, frames, width] = x.shape;
      const { seed, timeMasks, timeShare, featureMasks, featureShare } = this.config;
      const random = createRandom(seed).fork(`step ${this.step}`);
      const clipLengths = lengths.dataSync();
      const keptFrames = new Float32Array(batch * frames).fill(1);
      const keptColumns = new Float32Array(batch * width).fill(1);
      const maskBlock = (
        kept: Float32Array,
        start: number,
        extent: number,
        share: number,
      ): void => {
        const size = random.integer(Math.floor(extent * share) + 1);
        const from = start + random.integer(extent - size + 1);
        kept.fill(0, from, from + size);
      };
      for (let clip = 0; clip < batch; clip++) {
        for (let mask = 0; mask < timeMasks; mask++) {
          maskBlock(keptFrames, clip * frames, clipLengths[clip]!, timeShare);
        }
        for (let mask = 0; mask < featureMasks; mask++) {
          maskBlock(keptColumns, clip * width, width, featureShare);
        }
      }
      const kept = tf.mul(
        tf.tensor3d(keptFrames, [batch, frames, 1]),
        tf.tensor3d(keptColumns, [batch, 1, width]),
      );
      return tf.mul(x, kept);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(SpecAugment);
