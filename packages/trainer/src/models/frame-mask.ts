import type { Shape, serialization, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** 1 for each of a clip's own frames and 0 behind them, [batch, frames, 1]; `lengths` [batch]. */
export function maskFrames(frames: number, lengths: Tensor1D): Tensor3D {
  const frame = tf.range(0, frames, 1, 'int32').expandDims(0);
  const isInside = tf.less(frame, lengths.expandDims(1));
  return tf.cast(isInside, 'float32').expandDims(2) as Tensor3D;
}

/** {@link maskFrames} as a layer, for a mask that many layers need. Inputs: a sequence and lengths. */
export class FrameMask extends tf.layers.Layer {
  static readonly className = 'FrameMask';

  constructor(config: { name: string }) {
    super({ name: config.name, trainable: false });
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return [...inputShapes[0]!.slice(0, 2), 1];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      return maskFrames(x.shape[1], lengths);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(FrameMask);
