import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { runBidirectionalLstm } from '../tensorflow/lstm.ts';
import type { LstmWeights } from '../tensorflow/lstm-inputs.ts';
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

/** Variables of one direction. */
export type LayerWeights = LstmWeights<LayerVariable, LayerVariable>;

/**
 * A bidirectional LSTM that is exactly masked by true lengths.
 * Inputs: a sequence [batch, frames, inputs] and lengths [batch] (int32, in frames). Output:
 * [batch, frames, 2 * units], or [batch, 2 * units] without `returnSequences`; forward states
 * first. Equal to Keras's `Bidirectional(LSTM(units))` behind `Masking`, up to what stands in the
 * padding of a returned sequence.
 */
export class BidirectionalLstm extends tf.layers.Layer {
  static readonly className = 'BidirectionalLstm';
  readonly config: BidirectionalLstmConfig;
  directions: { forward: LayerWeights; backward: LayerWeights } | undefined;

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

  private addDirection(direction: string, inputs: number, seed: number): LayerWeights {
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
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const { forward, backward } = this.directions!;
      const { hidden, last } = runBidirectionalLstm({
        // What a layer of a model computes arrives as float32.
        ...{ x, lengths: tf.cast(lengths, 'int32') },
        ...{ forward: readWeights(forward), backward: readWeights(backward) },
      });
      return this.config.returnSequences ? hidden : last;
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(BidirectionalLstm);

function readWeights({ kernel, recurrentKernel, bias }: LayerWeights): LstmWeights {
  return {
    kernel: kernel.read() as Tensor2D,
    recurrentKernel: recurrentKernel.read() as Tensor2D,
    bias: bias.read() as Tensor1D,
  };
}
