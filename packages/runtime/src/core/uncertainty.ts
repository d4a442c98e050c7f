import type { Manifest } from './manifest.ts';

/** Why a prediction should not be relied on. */
export interface Uncertainty {
  /**
   * `no-speech`: nobody speaks in the clip, so it has no label. `little-speech`: too little of the clip
   * sounds for any answer. `low-confidence`: the model does not prefer one label clearly.
   */
  reason: 'no-speech' | 'little-speech' | 'low-confidence';
  /** The same in one sentence, with the numbers. */
  message: string;
}

/**
 * What holds where a model file sets no limits of its own. Confidence is calibrated, so a label
 * below one half is wrong more often than right; a syllable or two last half a second.
 */
export const defaultUncertainty = { minConfidence: 0.5, minSpeechSec: 0.5 } as const;

/**
 * Says whether a prediction is uncertain under the limits of the model's manifest.
 *
 * @param hasSpeech whether somebody speaks in the clip, where that was looked for. Default true.
 * @param confidence probability of the likeliest label.
 * @param soundSec how long the clip sounds.
 * @returns the first reason that holds, or null.
 */
export function findUncertainty(
  {
    hasSpeech = true,
    confidence,
    soundSec,
  }: { hasSpeech?: boolean; confidence: number; soundSec: number },
  limits: Manifest['uncertainty'],
): Uncertainty | null {
  if (!hasSpeech) return { reason: 'no-speech', message: 'No speech is heard in the clip.' };
  const minSpeechSec = limits?.minSpeechSec ?? defaultUncertainty.minSpeechSec;
  if (soundSec < minSpeechSec) {
    return {
      reason: 'little-speech',
      message: `Only ${soundSec.toFixed(2)} s of the clip sound; ${minSpeechSec} s of speech are needed.`,
    };
  }
  const minConfidence = limits?.minConfidence ?? defaultUncertainty.minConfidence;
  if (confidence < minConfidence) {
    return {
      reason: 'low-confidence',
      message: `The confidence is ${confidence.toFixed(3)}, below ${minConfidence}.`,
    };
  }
  return null;
}
