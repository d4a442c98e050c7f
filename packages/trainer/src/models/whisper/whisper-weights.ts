import { SerError } from '@ser/dsp-wasm';
import type { LayersModel, LayerVariable, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../../tensorflow/tf.ts';
import { ChannelNormalisation } from '../channel-normalisation.ts';
import { MaskedConvolution } from '../masked-convolution.ts';
import { Projection } from './projection.ts';
import { encoderPrefix } from './whisper-encoder.ts';

/** A weight outside of TensorFlow. */
export interface WeightValues {
  shape: number[];
  values: Float32Array;
}

/** A weight of the encoder, under its name in `transformers`, such as `layers.0.fc1.weight`. */
interface EncoderWeight {
  name: string;
  variable: LayerVariable;
  /** Whether its axes are in the opposite order to `transformers`. */
  isReversed: boolean;
  layer: Layer;
}

type Layer = LayersModel['layers'][number];

/**
 * Gives the encoder in a model the weights of a Whisper encoder, named and shaped as `transformers`'
 * `WhisperEncoder` has them. What the model has no layer for is left alone, and so are low-rank
 * adapters.
 *
 * @throws SerError `ENCODER_INVALID` naming the first weight that is not there, or of another shape;
 *   then no weight has changed
 */
export function setWhisperWeights(
  model: LayersModel,
  weights: ReadonlyMap<string, WeightValues>,
): void {
  const own = listEncoderWeights(model);
  for (const { name, variable, isReversed } of own) {
    const axes = variable.shape as number[];
    const shape = (isReversed ? axes.toReversed() : axes).join(' × ');
    const given = weights.get(name);
    if (!given) throw new SerError('ENCODER_INVALID', `The encoder's weights have no ${name}.`);
    if (given.shape.join(' × ') === shape) continue;
    throw new SerError(
      'ENCODER_INVALID',
      `The encoder's weight ${name} is ${given.shape.join(' × ')}; it must be ${shape}.`,
    );
  }
  for (const { name, variable, isReversed } of own) {
    const { values, shape } = weights.get(name)!;
    tf.tidy(() => {
      const given = tf.tensor(values, shape);
      variable.write(isReversed ? tf.transpose(given) : given);
    });
  }
}

/**
 * The weights of the encoder in a model, as {@link setWhisperWeights} takes them, with each low-rank
 * adapter merged into its matrix.
 */
export function readWhisperWeights(model: LayersModel): Map<string, WeightValues> {
  return new Map(
    listEncoderWeights(model).map(({ name, variable, isReversed, layer }) => {
      const tensor = tf.tidy(() => {
        const isMatrix = layer instanceof Projection && variable === layer.weight;
        const weight: Tensor = isMatrix ? layer.mergeWeight() : variable.read();
        return isReversed ? tf.transpose(weight) : weight.clone();
      });
      const values = tensor.dataSync<'float32'>();
      tensor.dispose();
      return [name, { shape: tensor.shape, values }];
    }),
  );
}

function listEncoderWeights(model: LayersModel): EncoderWeight[] {
  return model.layers
    .filter(({ name }) => name.startsWith(encoderPrefix))
    .flatMap((layer) => {
      const base = layer.name.slice(encoderPrefix.length);
      const isConvolution = layer instanceof MaskedConvolution;
      return findWeights(layer).flatMap((variable, at) => {
        if (!variable) return [];
        const name = `${base}.${at === 0 ? 'weight' : 'bias'}`;
        return [{ name, variable, isReversed: isConvolution && at === 0, layer }];
      });
    });
}

/** Its weight, and its bias if it has one. */
function findWeights(layer: Layer): (LayerVariable | undefined)[] {
  if (layer instanceof Projection) return [layer.weight, layer.bias];
  if (layer instanceof MaskedConvolution) return [layer.kernel, layer.bias];
  if (layer instanceof ChannelNormalisation) return [layer.scale, layer.offset];
  return [];
}
