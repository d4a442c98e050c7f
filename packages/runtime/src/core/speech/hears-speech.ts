import type { Dsp } from '@ser/dsp-wasm';
import type { AudioClip } from '../audio/audio-clip.ts';
import { throwIfAborted } from '../cancellation.ts';
import { type SpeechModel, speechInput } from './speech-model.ts';
import { SpeechScorer } from './speech-scorer.ts';

const { frameLength } = speechInput;
/** What is listened to at a time: most speech shows in so many frames. */
const pieceLength = 6 * frameLength;
/** The loudest stretch of this length, half a second, is listened to first, */
const stretchFrames = 16;
/** and brought to this level: the detector misses soft voices and, where they are soft, shouts. */
const stretchLevelDb = -15;
/** Frames that are speech with a smaller probability speak against it. */
const leastProbability = 0.1;
/** So much evidence is speech; chosen on half of the sounds and speakers of docs/benchmarks.md. */
export const enoughEvidence = 10;
/** No frame alone is enough. */
const surestProbability = 0.999;

/** What {@link hearsSpeech} needs. */
export interface SpeechHearing {
  dsp: Dsp;
  speechModel: SpeechModel;
  signal?: AbortSignal | undefined;
}

/**
 * Says whether somebody speaks anywhere in a clip. Of most speech a few frames suffice; all of a clip
 * is listened to only where nobody speaks.
 *
 * @param clip without offset.
 */
export async function hearsSpeech(clip: AudioClip, hearing: SpeechHearing): Promise<boolean> {
  return (await gatherEvidence(clip, hearing)) >= enoughEvidence;
}

/**
 * How surely somebody speaks in a clip, by Page's cumulative sum: each frame adds what its log odds
 * of speech are above those of {@link leastProbability}, and the sum starts again at 0.
 *
 * @param enough the sum at which listening ends.
 * @returns the largest sum, where it ends.
 */
export async function gatherEvidence(
  { samples, sampleRateHz }: AudioClip,
  { dsp, speechModel, signal }: SpeechHearing,
  enough = enoughEvidence,
): Promise<number> {
  const toHz = speechInput.sampleRateHz;
  const heard =
    sampleRateHz === toHz ? samples : dsp.resample(samples, { fromHz: sampleRateHz, toHz });
  const { start, power } = findLoudestStretch(heard);
  if (power === 0) return 0;
  const factor = 10 ** (stretchLevelDb / 20) / Math.sqrt(power);
  // The detector needs a frame to settle.
  const first = Math.max(0, start - frameLength);
  let most = 0;
  for (const part of [heard.subarray(first), heard.subarray(0, first)]) {
    const scorer = new SpeechScorer(speechModel);
    let sum = 0;
    for (let at = 0; at < part.length; at += pieceLength) {
      throwIfAborted(signal);
      const piece = new Float32Array(Math.min(pieceLength, fillFrame(part.length - at)));
      const count = Math.min(piece.length, part.length - at);
      for (let index = 0; index < count; index++) piece[index] = part[at + index]! * factor;
      for (const probability of await scorer.push(piece)) {
        sum = Math.max(0, sum + weigh(probability));
        most = Math.max(most, sum);
      }
      if (most >= enough) return most;
    }
  }
  return most;
}

function fillFrame(length: number): number {
  return Math.ceil(length / frameLength) * frameLength;
}

function weigh(probability: number): number {
  return toLogOdds(Math.min(probability, surestProbability)) - toLogOdds(leastProbability);
}

function toLogOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** Where the loudest frames begin, and their mean power. */
function findLoudestStretch(samples: Float32Array): { start: number; power: number } {
  const energies = new Float64Array(Math.ceil(samples.length / frameLength));
  for (let frame = 0, at = 0; frame < energies.length; frame++) {
    const end = Math.min(samples.length, at + frameLength);
    let energy = 0;
    for (; at < end; at++) energy += samples[at]! * samples[at]!;
    energies[frame] = energy;
  }
  const frames = Math.min(stretchFrames, energies.length);
  let sum = 0;
  let loudest = 0;
  let best = 0;
  energies.forEach((energy, frame) => {
    sum += energy;
    if (frame >= frames) sum -= energies[frame - frames]!;
    if (sum <= loudest) return;
    loudest = sum;
    best = frame;
  });
  const start = Math.max(0, best + 1 - frames) * frameLength;
  return { start, power: loudest / Math.min(frames * frameLength, samples.length) };
}
