import { runBlockLstm } from './lstm-block.ts';
import { isCompiledLstmThere, runCompiledLstm } from './lstm-compiled.ts';
import type { LstmInputs, LstmStates } from './lstm-inputs.ts';
import { runPlainLstm } from './lstm-plain.ts';
import { tf } from './tf.ts';

/**
 * Runs a bidirectional LSTM, exactly masked by true lengths: sigmoid gates, tanh cell, zero initial
 * state, Keras's definition. It has gradients. Three ways compute the same: the project's own
 * compiled kernel; TensorFlow's fused one, where no compiler was found; single operations on a
 * backend that is not TensorFlow's, which is slow and says so once.
 */
export function runBidirectionalLstm(inputs: LstmInputs): LstmStates {
  if (tf.getBackend() !== 'tensorflow') {
    warnOnce(
      `The backend ${tf.getBackend()} has no LSTM kernel: single operations are many times slower.`,
    );
    return runPlainLstm(inputs);
  }
  return isCompiledLstmThere() ? runCompiledLstm(inputs) : runBlockLstm(inputs);
}

const warned = new Set<string>();

function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, { code: 'SER_SLOW_LSTM' });
}
