import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { reverseByLength } from '../tensorflow/kernels.ts';
import { lstmSequence } from '../tensorflow/lstm.ts';
import { tf } from '../tensorflow/tf.ts';
import { glorotUniform, orthogonal } from './initialisers.ts';

/** Settings of {@link BidirectionalLstm}. */
export interface BidirectionalLstmConfig {
  name: string;
  units: number;
  /** True: the states of every frame; false: the last state of each direction. */
  returnSequences: boolean;
  seed: number;
}

/** Weights of one direction, in Keras's order. */
export interface LstmWeights {
  /** [inputs, 4 * units], gates i, f, c, o */
  kernel: LayerVariable;
  /** [units, 4 * units] */
  recurrentKernel: LayerVariable;
  /** [4 * units]; the forget gate starts at 1 */
  bias: LayerVariable;
}

/**
 * A bidirectional LSTM that is exactly masked by true lengths, on TensorFlow's fused kernels.
 * Inputs: a sequence [batch, frames, inputs] and lengths [batch] (int32, in frames). Output:
 * [batch, frames, 2 * units], or [batch, 2 * units] without `returnSequences`; forward states
 * first. Equal to Keras's `Bidirectional(LSTM(units))` behind `Masking`, up to what stands in the
 * padding of a returned sequence.
 *
 * Each direction runs forward over the batch; the backward one over sequences reversed by their
 * own length, so that padding always comes last and never reaches a frame that counts. With
 * `startLstmHelper` the two run at the same time.
 */
export class BidirectionalLstm extends tf.layers.Layer {
  static readonly className = 'BidirectionalLstm';
  readonly config: BidirectionalLstmConfig;
  directions: { forward: LstmWeights; backward: LstmWeights } | undefined;

  constructor(config: BidirectionalLstmConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const inputs = inputShapes[0]?.at(-1);
    if (typeof inputs !== 'number')
      throw new TypeError('The number of input features is not known.');
    const seed = this.config.seed;
    this.directions = {
      forward: this.addDirection('forward', inputs, seed),
      backward: this.addDirection('backward', inputs, seed ^ 1),
    };
    super.build(inputShapes);
  }

  private addDirection(direction: string, inputs: number, seed: number): LstmWeights {
    const { units } = this.config;
    const add = (name: string, value: Tensor): LayerVariable => {
      const zeros = tf.initializers.zeros();
      const weight = this.addWeight(`${direction}_${name}`, value.shape, 'float32', zeros);
      weight.write(value);
      value.dispose();
      return weight;
    };
    return {
      kernel: add('kernel', glorotUniform([inputs, 4 * units], seed)),
      recurrentKernel: add('recurrent_kernel', orthogonal([units, 4 * units], seed)),
      bias: add('bias', tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])])),
    };
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    const [batch, frames] = inputShapes[0] as [number, number];
    const width = 2 * this.config.units;
    return this.config.returnSequences ? [batch, frames, width] : [batch, width];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [batchMajor, lengths] = inputs as [Tensor3D, Tensor1D];
      const { forward, backward } = this.directions!;
      const x = tf.transpose(batchMajor, [1, 0, 2]);
      const forwardStates = runDirection(x, forward);
      const backwardStates = runDirection(reverseByLength(x, lengths), backward);
      if (!this.config.returnSequences) {
        const last = selectLastFrame(x.shape[0], lengths);
        return tf.concat(
          [forwardStates, backwardStates].map((states) => tf.sum(tf.mul(states, last), 0)),
          1,
        );
      }
      const states = tf.concat([forwardStates, reverseByLength(backwardStates, lengths)], 2);
      return tf.transpose(states, [1, 0, 2]);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(BidirectionalLstm);

function runDirection(x: Tensor3D, { kernel, recurrentKernel, bias }: LstmWeights): Tensor3D {
  return lstmSequence(
    x,
    kernel.read() as Tensor2D,
    recurrentKernel.read() as Tensor2D,
    bias.read() as Tensor1D,
  );
}

/** [frames, batch, 1]: 1 at every sequence's last frame, 0 elsewhere. */
function selectLastFrame(frames: number, lengths: Tensor1D): Tensor3D {
  const frame = tf.range(0, frames, 1, 'int32').expandDims(1);
  return tf
    .cast(tf.equal(frame, tf.sub(lengths, tf.scalar(1, 'int32'))), 'float32')
    .expandDims(2) as Tensor3D;
}
