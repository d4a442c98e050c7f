import { createRequire } from 'node:module';
import util from 'node:util';
import { setFlagsFromString } from 'node:v8';
import type * as TensorFlow from '@tensorflow/tfjs-node';

// tfjs-node 4.22 calls these, which Node 23 removed.
const legacy = util as unknown as Record<string, unknown>;
legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
legacy.isArray ??= Array.isArray;

// Without oneDNN the LSTM kernels are as fast, sums keep their order, and start-up prints nothing.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';

// To V8 the frames of each batch are growth of a heap of 40 MB, so that it marks all of it every third
// step: a seventh of a training's time. Let the heap grow to five times what is alive instead.
setFlagsFromString('--heap-growing-percent=400');

const require = createRequire(import.meta.url);

/** tfjs-node. Import this module only after `ensureTensorFlow()` has resolved. */
export const tf = require('@tensorflow/tfjs-node') as typeof TensorFlow;

/** tfjs-node's stand-in for an int64 scalar input, which tfjs has no tensor for. */
export const { Int64Scalar } = require('@tensorflow/tfjs-node/dist/int64_tensors') as {
  Int64Scalar: new (value: number) => Int64Scalar;
};

export interface Int64Scalar {
  readonly valueArray: Int32Array;
}

/** The version of the TensorFlow library behind tfjs-node. */
export const tensorflowVersion: string = (
  tf.backend() as unknown as { binding: { TF_Version: string } }
).binding.TF_Version;
