import type { Random } from '../../random.ts';

/** What stays the same over all clips of one synthetic speaker. */
export interface Voice {
  name: string;
  /** The neutral pitch. */
  f0Hz: number;
  /** All formants are multiplied by this: a shorter vocal tract has higher ones. */
  formantScale: number;
  /** Syllables are spoken this much faster than the norm. */
  tempo: number;
  /** Level above about 1 kHz against the norm. */
  tiltDb: number;
  /** Level of aspiration beside the voice, as an amplitude ratio. */
  breath: number;
  /** How strongly emotions move this voice: 1 is the norm. */
  expressiveness: number;
  /** Recording level against the norm. */
  gainDb: number;
}

/**
 * Draws a speaker. Even ones have low, odd ones high voices; the two ranges of pitch overlap those
 * of the emotions, so pitch alone tells neither who speaks nor how.
 */
export function drawVoice(index: number, random: Random): Voice {
  const own = random.fork(`voice ${index}`);
  const high = index % 2 === 1;
  return {
    name: `s${`${index + 1}`.padStart(2, '0')}`,
    f0Hz: high ? own.uniform(165, 235) : own.uniform(90, 140),
    formantScale: high ? own.uniform(1.04, 1.2) : own.uniform(0.88, 1.02),
    tempo: own.uniform(0.88, 1.14),
    tiltDb: own.uniform(-2.5, 2.5),
    breath: own.uniform(0.02, 0.08),
    expressiveness: own.uniform(0.9, 1.2),
    gainDb: own.uniform(-2.5, 2.5),
  };
}
