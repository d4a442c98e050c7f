import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'packages/runtime/test/fixtures');
const shippedModel = join(root, 'models/model.onnx');

/** The shipped model, or where there is none yet, the runtime's test model. */
export const modelPath = existsSync(shippedModel)
  ? shippedModel
  : join(fixtures, 'tiny-model.onnx');

/** The model that the web demo is built with: the shipped one in 16 bits, for a shorter first visit. */
export const demoModelPath = join(root, 'models/model.float16.onnx');

/** Path of one of the runtime's synthetic clips. */
export function clipPath(name: string): string {
  return join(fixtures, 'clips', name);
}
