import { ensureTensorFlow } from '../src/tensorflow/set-up.ts';

/** Runs once before the tests: fetches TensorFlow's native part if this machine has none. */
export async function setup(): Promise<void> {
  await ensureTensorFlow();
}
