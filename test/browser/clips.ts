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

/** The models of the web demo: the one that answers first, and the one that answers from then on. */
export const demoModelPaths = {
  small: join(root, 'models/small.onnx'),
  default: shippedModel,
} as const;

/** Path of one of the runtime's synthetic clips. */
export function clipPath(name: string): string {
  return join(fixtures, 'clips', name);
}
