import type { Shape, serialization, Tensor, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../../tensorflow/tf.ts';

/**
 * Adds to each frame what Whisper's encoder knows of its number (Radford et al. 2022): width / 2
 * sines, then as many cosines, whose angular frequencies fall from 1 to 1 / 10,000 radians a frame
 * in equal ratios. Input and output: [batch, frames, width], `width` even.
 */
export class WhisperPositions extends tf.layers.Layer {
  static readonly className = 'WhisperPositions';
  #table = new Float32Array(0);

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D;
      const [, frames, width] = x.shape;
      if (this.#table.length < frames * width) this.#table = tabulatePositions(frames, width);
      return tf.add(x, tf.tensor2d(this.#table.subarray(0, frames * width), [frames, width]));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(WhisperPositions);

/** In double precision, which the angles of late frames need. */
function tabulatePositions(frames: number, width: number): Float32Array<ArrayBuffer> {
  const half = width / 2;
  const table = new Float32Array(frames * width);
  for (let column = 0; column < half; column++) {
    const frequency = 10_000 ** (-column / (half - 1));
    for (let frame = 0; frame < frames; frame++) {
      table[frame * width + column] = Math.sin(frame * frequency);
      table[frame * width + half + column] = Math.cos(frame * frequency);
    }
  }
  return table;
}
