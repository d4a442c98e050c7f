import { fileURLToPath } from 'node:url';

/** Path of the model that comes with the project; used where no `--model` is given. */
export const shippedModelPath = fileURLToPath(
  new URL('../../../models/model.onnx', import.meta.url),
);
