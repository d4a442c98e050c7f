import { fileURLToPath } from 'node:url';
import { SuggestingOption } from './suggesting-option.ts';

const shippedModels = { default: 'model.onnx', small: 'small.onnx' } as const;

/** A model that comes with the project. */
export type ShippedModelName = keyof typeof shippedModels;

export const shippedModelNames = Object.keys(shippedModels) as ShippedModelName[];

/** Path of a model that comes with the project. */
export function findShippedModel(name: ShippedModelName): string {
  return fileURLToPath(new URL(`../../../models/${shippedModels[name]}`, import.meta.url));
}

/** The path that the name of a shipped model stands for; anything else is a path already. */
export function resolveModel(nameOrPath: string): string {
  const name = shippedModelNames.find((known) => known === nameOrPath);
  return name === undefined ? nameOrPath : findShippedModel(name);
}

/** The option `--model`: whoever reads it gets a path. */
export function createModelOption(purpose: string): SuggestingOption {
  return new SuggestingOption('--model <model>', `model to ${purpose}: default, small, or a file`)
    .suggest(shippedModelNames)
    .argParser(resolveModel)
    .default(findShippedModel('default'), 'default');
}
