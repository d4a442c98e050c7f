import { correlateEnvelopes, correlateWaves } from './correlate.ts';
import { printRateHz, type SoundPrint } from './sound-print.ts';

/**
 * Of pairs of RAVDESS and CREMA-D that are not the same recording none is above 0.4, and of cuttings of
 * one recording played 0.8 % faster none above 0.62; copies in MP3, Vorbis and Opus, at 8 kHz, in noise
 * 20 dB below, or with their silence cut off are above 0.85.
 */
const leastAlike = 0.68;
/** Lower, voices of the same pitch are alike, whatever they say. */
const lowestHz = 200;
/** What is further apart by its sketch or envelope is not compared wave by wave. */
const mostApart = 0.6;
const leastAlikeEnvelopes = 0.93;
/** Loudness is measured over so many samples. */
const evenWindow = 160;
/** What is weaker by this factor than the loudest part of a wave counts for less. */
const quietShare = 0.2;
/** Values of a sketch between two looks at the distance. */
const chunk = 8;

/**
 * Finds pairs of clips that hold the same recording, by their sound: first by sketches, which are cheap
 * to compare, then by envelopes, then by waves.
 *
 * @returns pairs of indices
 */
export function findSoundTwins(prints: readonly SoundPrint[]): [number, number][] {
  const width = prints[0]?.sketch.length ?? 0;
  const sketches = new Float64Array(prints.length * width);
  prints.forEach(({ sketch }, at) => {
    sketches.set(sketch, at * width);
  });
  const pairs: [number, number][] = [];
  /** The first clip of each one's twins: a recording with many copies is compared once with each. */
  const firsts = prints.map((_, at) => at);
  for (let one = 1; one < prints.length; one++) {
    for (let other = 0; other < one; other++) {
      if (firsts[other] === firsts[one]) continue;
      if (!areClose(sketches, one * width, other * width, width)) continue;
      const [a, b] = [prints[other]!, prints[one]!];
      if (correlateEnvelopes(a.envelope, b.envelope) < leastAlikeEnvelopes) continue;
      const alike = correlateWaves(evenOut(a.wave), evenOut(b.wave), lowestHz / printRateHz);
      if (alike < leastAlike) continue;
      pairs.push([other, one]);
      firsts[one] = firsts[other]!;
    }
  }
  return pairs;
}

function areClose(values: Float64Array, a: number, b: number, width: number): boolean {
  let sum = 0;
  for (let start = 0; start < width; start += chunk) {
    for (let at = start; at < start + chunk; at++) sum += (values[a + at]! - values[b + at]!) ** 2;
    if (sum > mostApart ** 2) return false;
  }
  return true;
}

/**
 * A wave whose parts are about equally loud, so that all of it is compared and not one loud vowel alone.
 * What is very quiet stays so: it may be noise.
 */
function evenOut(wave: Int8Array): Float64Array {
  const sums = new Float64Array(wave.length + 1);
  for (let at = 0; at < wave.length; at++) sums[at + 1] = sums[at]! + wave[at]! ** 2;
  const loudness = Float64Array.from(wave, (_, at) => {
    const start = Math.max(0, at - evenWindow / 2);
    const end = Math.min(wave.length, at + evenWindow / 2);
    return Math.sqrt((sums[end]! - sums[start]!) / evenWindow);
  });
  const floor = quietShare * loudness.reduce((most, value) => Math.max(most, value), 0);
  return loudness.map((value, at) => wave[at]! / (value + floor));
}
