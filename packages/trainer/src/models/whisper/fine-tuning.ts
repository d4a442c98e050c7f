import { SerError } from '@ser/dsp-wasm';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { freezeWeights } from '../named-weights.ts';
import { encoderPrefix, type WhisperShape } from './whisper-encoder.ts';

/**
 * Freezes the encoder in a model, save its upper `trainedLayers` layers and all of its low-rank
 * adapters. What is not the encoder's trains as before.
 *
 * @throws SerError `INVALID_ARGUMENT` for more layers than there are
 */
export function freezeWhisper(
  model: LayersModel,
  { layers, trainedLayers }: Pick<WhisperShape, 'layers'> & { trainedLayers: number },
): void {
  if (!Number.isInteger(trainedLayers) || trainedLayers < 0 || trainedLayers > layers) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `trainedLayers is ${trainedLayers}; it must be a whole number from 0 to ${layers}.`,
    );
  }
  freezeWeights(model, (name) => {
    if (!name.startsWith(encoderPrefix) || /\/lora_[ab]$/.test(name)) return false;
    const layer = findLayer(name);
    return layer === undefined || layer < layers - trainedLayers;
  });
}

/**
 * The factors of the weights' learning rates, by name: `rate` in the encoder's last layer, `decay`
 * times that of the layer above in the others (after Howard and Ruder 2018), 1 outside the encoder.
 */
export function decayLearningRate({
  layers,
  rate,
  decay,
}: Pick<WhisperShape, 'layers'> & { rate: number; decay: number }): (name: string) => number {
  return (name) => {
    if (!name.startsWith(encoderPrefix)) return 1;
    const layer = findLayer(name) ?? -1;
    return rate * decay ** (layers - 1 - layer);
  };
}

/** Undefined for the stem. */
function findLayer(name: string): number | undefined {
  const digits = /^encoder\/layers\.(\d+)\./.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
