import type { LayersModel, LayerVariable, NamedTensorMap, Variable } from '@tensorflow/tfjs-node';
import { SeededDropout } from './seeded-dropout.ts';
import { SpecAugment } from './spec-augment.ts';

/**
 * Returns a model's weights under `layer/weight`, a name that does not depend on what else the
 * process has built (tfjs's own names do).
 */
export function listWeights(model: LayersModel): Map<string, LayerVariable> {
  return new Map(model.weights.map((weight) => [weight.originalName, weight]));
}

/** The trained variables of a model, under the names of {@link listWeights}. */
export function listTrainable(model: LayersModel): Map<string, Variable> {
  const trainable = new Map<string, Variable>();
  for (const [name, weight] of listWeights(model)) {
    if (weight.trainable) trainable.set(name, weight.read() as Variable);
  }
  return trainable;
}

const frozen = new WeakSet<LayerVariable>();

/**
 * Leaves the weights for which `isFrozen` says so out of training, and out of what `copyWeights` and
 * `setWeights` see: they come from elsewhere, and are stored there.
 */
export function freezeWeights(model: LayersModel, isFrozen: (name: string) => boolean): void {
  for (const [name, weight] of listWeights(model)) {
    if (!isFrozen(name)) continue;
    weight.trainable = false;
    frozen.add(weight);
  }
}

function listStored(model: LayersModel): [string, LayerVariable][] {
  return [...listWeights(model)].filter(([, weight]) => !frozen.has(weight));
}

/** Copies of all weights that are not frozen; the caller owns them. */
export function copyWeights(model: LayersModel): NamedTensorMap {
  return Object.fromEntries(
    listStored(model).map(([name, weight]) => [name, weight.read().clone()]),
  );
}

/**
 * Writes tensors into the weights of the same names; every weight must be there that is not frozen
 * and `isWanted`, which by default are all.
 */
export function setWeights(
  model: LayersModel,
  tensors: NamedTensorMap,
  isWanted: (name: string) => boolean = () => true,
): void {
  for (const [name, weight] of listStored(model)) {
    if (!isWanted(name)) continue;
    const tensor = tensors[name];
    if (!tensor) throw new Error(`There is no tensor for the weight ${name}.`);
    weight.write(tensor);
  }
}

/** Tells every layer that draws random numbers which training step comes next. */
export function setTrainingStep(model: LayersModel, step: number): void {
  for (const layer of model.layers) {
    if (layer instanceof SeededDropout || layer instanceof SpecAugment) layer.step = step;
  }
}
