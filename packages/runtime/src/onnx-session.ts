import { SerError } from '@ser/dsp-wasm';
import type { InferenceSession as OnnxSession, TensorConstructor } from 'onnxruntime-common';
import type { Device, GraphValue, InferenceSession } from './core/inference.ts';
import { createRunQueue } from './run-queue.ts';

/** What onnxruntime-node and onnxruntime-web have in common. */
export interface OnnxRuntime {
  InferenceSession: {
    create(model: Uint8Array, options: OnnxSession.SessionOptions): Promise<OnnxSession>;
  };
  Tensor: TensorConstructor;
}

export interface SessionSettings {
  executionProvider: Device['kind'];
  /** Why the model does not run elsewhere, where that was wanted. */
  fallbackReason?: string;
  threads: number;
  /** Whether runs may overlap. */
  runsConcurrently: boolean;
}

/** Severity from which the library writes to stderr: 3 is errors, which also arrive as exceptions. */
const errorsOnly = 3;

/** @throws SerError `INVALID_ARGUMENT` unless `threads` is a whole number from 1. */
export function assertThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `threads is ${threads}; it must be a whole number from 1.`,
  );
}

/**
 * Opens a session whose results depend on nothing but the model and its input: one execution
 * provider, sequential execution.
 *
 * @throws SerError `MODEL_INVALID` where the library refuses the graph, `RUNTIME_UNAVAILABLE` where
 *   the library's own WebAssembly cannot be loaded.
 */
export async function createOnnxSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  { executionProvider, threads, runsConcurrently }: SessionSettings,
): Promise<OnnxSession> {
  const create = () =>
    runtime.InferenceSession.create(model, {
      executionProviders: [executionProvider],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Shapes differ from call to call; planning memory by shape would only keep more of it.
      enableMemPattern: false,
      logSeverityLevel: errorsOnly,
    });
  try {
    return await createRunQueue(runtime, runsConcurrently).add(create);
  } catch (cause) {
    const reason = describeCause(cause);
    if (reason.startsWith('no available backend found')) {
      throw new SerError('RUNTIME_UNAVAILABLE', `onnxruntime cannot be started: ${reason}`, {
        cause,
      });
    }
    throw new SerError('MODEL_INVALID', `The model's graph cannot be loaded: ${reason}`, { cause });
  }
}

/**
 * Opens a session on a model of this project.
 *
 * @throws SerError as {@link createOnnxSession}.
 */
export async function openOnnxSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  settings: SessionSettings,
): Promise<InferenceSession> {
  const session = await createOnnxSession(runtime, model, settings);
  const queue = createRunQueue(runtime, settings.runsConcurrently);

  const runNow: InferenceSession['run'] = async ({ input, values, shape, lengths }, output) => {
    const inputs = {
      [input]: new runtime.Tensor('float32', values, shape),
      ...(lengths && { lengths: new runtime.Tensor('int32', lengths, [lengths.length]) }),
    };
    try {
      const found = await session.run(inputs, [output]);
      return (found[output]!.data as Float32Array).slice();
    } catch (cause) {
      throw new SerError(
        'MODEL_INVALID',
        `The model's graph failed on a batch of shape [${shape.join(', ')}]: ${describeCause(cause)}`,
        { cause },
      );
    }
  };

  return {
    inputs: session.inputMetadata.map(describeValue),
    outputs: session.outputMetadata.map(describeValue),
    device: {
      kind: settings.executionProvider,
      fallbackReason: settings.fallbackReason ?? null,
    },
    run: (batch, output) => queue.add(() => runNow(batch, output)),
    async release() {
      await queue.drain();
      await session.release();
    },
  };
}

function describeValue(value: OnnxSession.ValueMetadata): GraphValue {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: 'not a tensor', shape: [] };
}

/** The first line of what the library says, without the address of its own source file. */
function describeCause(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const [line] = text.trim().split('\n');
  return line && line.length > 300 ? `${line.slice(0, 300)}…` : (line ?? 'no reason given');
}
