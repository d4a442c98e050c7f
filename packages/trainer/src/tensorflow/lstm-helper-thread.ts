/** The thread behind `LstmHelper`: the backward direction of bidirectional LSTMs. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { reverseByLength } from './kernels.ts';
import {
  type HelperReply,
  type HelperRequest,
  type HelperSetUp,
  replyCount,
  requestCount,
} from './lstm-helper.ts';
import {
  differentiateGates,
  differentiateLstm,
  hiddenState,
  type LstmInputs,
  runLstm,
} from './lstm-passes.ts';
import { tf } from './tf.ts';

/** What is kept of a layer from its pass forward to the next one. */
interface LayerState {
  inputs: LstmInputs;
  lengths: Tensor1D;
  states: Tensor3D[];
  gates: Tensor2D | null;
}

const layers = new Map<string, LayerState>();

function answer(request: HelperRequest): Float32Array[] {
  if (request.type === 'forward') return runForward(request);
  const state = layers.get(request.layer);
  if (!state) throw new Error(`${request.layer} had no pass forward`);
  const { inputs, lengths, states } = state;
  if (request.type === 'backward') {
    state.gates?.dispose();
    state.gates = tf.tidy(() => {
      const gradient = tf.tensor3d(request.gradient, states[hiddenState]!.shape);
      return differentiateGates(inputs, states, gradient);
    });
  }
  const { gates } = state;
  if (!gates) throw new Error(`${request.layer} had no pass backward`);
  const arrays: Float32Array[] = [];
  tf.tidy(() => {
    const gradients = differentiateLstm(inputs, states[hiddenState]!, gates);
    const wanted: Tensor[] =
      request.type === 'backward'
        ? [gradients.kernel(), gradients.recurrentKernel(), gradients.bias()]
        : [reverseByLength(gradients.x() as Tensor3D, lengths)];
    arrays.push(...wanted.map((tensor) => tensor.dataSync<'float32'>()));
  });
  return arrays;
}

function runForward(request: Extract<HelperRequest, { type: 'forward' }>): Float32Array[] {
  const previous = layers.get(request.layer);
  if (previous) {
    const { inputs, lengths, states, gates } = previous;
    tf.dispose([...Object.values(inputs), lengths, ...states, ...(gates ? [gates] : [])]);
  }
  const [frames, batch, width] = request.shape;
  const units = request.bias.length / 4;
  const lengths = tf.tensor1d(request.lengths, 'int32');
  const inputs: LstmInputs = {
    x: tf.tidy(() => reverseByLength(tf.tensor3d(request.x, [frames, batch, width]), lengths)),
    kernel: tf.tensor2d(request.kernel, [width, 4 * units]),
    recurrentKernel: tf.tensor2d(request.recurrentKernel, [units, 4 * units]),
    bias: tf.tensor1d(request.bias),
  };
  const states = tf.tidy(() => runLstm(inputs));
  layers.set(request.layer, { inputs, lengths, states, gates: null });
  return [states[hiddenState]!.dataSync<'float32'>()];
}

const { port, signals } = workerData as HelperSetUp;
parentPort!.postMessage('ready');
for (;;) {
  const seen = Atomics.load(signals, requestCount);
  const message = receiveMessageOnPort(port)?.message as
    | { id: number; request: HelperRequest }
    | undefined;
  if (!message) {
    Atomics.wait(signals, requestCount, seen);
    continue;
  }
  let reply: HelperReply;
  try {
    reply = { id: message.id, arrays: answer(message.request) };
  } catch (error) {
    reply = { id: message.id, failure: error instanceof Error ? error.message : String(error) };
  }
  const arrays = 'arrays' in reply ? reply.arrays : [];
  port.postMessage(
    reply,
    arrays.map((array) => array.buffer as ArrayBuffer),
  );
  Atomics.add(signals, replyCount, 1);
  Atomics.notify(signals, replyCount);
}
