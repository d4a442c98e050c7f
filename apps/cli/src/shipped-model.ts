import { fileURLToPath } from 'node:url';
import { Option } from 'commander';

/** Path of the model that comes with the project; used where no `--model` is given. */
export const shippedModelPath = fileURLToPath(
  new URL('../../../models/model.onnx', import.meta.url),
);

/** The option `--model`. */
export function createModelOption(description: string): Option {
  return new Option('--model <file>', description).default(shippedModelPath, 'the shipped model');
}
