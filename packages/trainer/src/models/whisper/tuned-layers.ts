import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { Random } from '../../random.ts';
import { tf } from '../../tensorflow/tf.ts';
import { MemberBuilder, type SymbolicSequence } from '../member-builder.ts';
import { OwnFrames } from './own-frames.ts';
import { addWhisperEncoder, encoderPrefix, type WhisperShape } from './whisper-encoder.ts';

/** Upper layers of a Whisper encoder, and what is taken of them. */
export interface TunedLayers extends WhisperShape {
  firstLayer: number;
  /** Hidden states that are taken, as an encoder file counts them; `firstLayer` is what enters. */
  states: readonly number[];
  /** Frames at the end of each clip that are looked at and not taken. */
  padFrames: number;
}

/**
 * Adds upper layers of a Whisper encoder behind the hidden states that enter them. Returns the taken
 * states side by side, and the frames of each clip that count, at least 1.
 */
export function addTunedLayers(
  sequence: SymbolicSequence,
  { states: taken, padFrames, random, ...shape }: TunedLayers & { random: Random },
): SymbolicSequence {
  const member = new MemberBuilder({ prefix: '', dropoutRate: 0, random });
  const { states, lengths } = addWhisperEncoder(member, sequence, shape);
  const chosen = taken.map((state) => states[state - shape.firstLayer]!);
  return {
    x: joinStates(member, chosen),
    lengths: member.add(
      `${encoderPrefix}frames`,
      lengths,
      ({ name }) => new OwnFrames({ name, padFrames }),
    ),
  };
}

function joinStates(member: MemberBuilder, states: SymbolicTensor[]): SymbolicTensor {
  if (states.length === 1) return states[0]!;
  return member.add(`${encoderPrefix}states`, states, ({ name }) =>
    tf.layers.concatenate({ name, axis: 2 }),
  );
}
