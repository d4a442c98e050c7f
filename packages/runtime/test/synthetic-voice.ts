/** Formants of the vowels a, i, u and e, in hertz. */
const vowels = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
];
const bandwidthsHz = [80, 100, 140];

/**
 * A voice as simple as a voice can be: pulses at a gliding pitch through three resonances, a vowel
 * a syllable, five syllables a second. Enough for a voice-activity detector.
 */
export function synthesiseVoice(durationSec: number, sampleRateHz: number): Float32Array {
  const samples = new Float32Array(Math.round(durationSec * sampleRateHz));
  const memory = bandwidthsHz.map(() => [0, 0] as [number, number]);
  let phase = 0;
  for (let index = 0; index < samples.length; index++) {
    const sec = index / sampleRateHz;
    phase += (130 + 25 * Math.sin(2 * Math.PI * 0.7 * sec)) / sampleRateHz;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    const syllable = sec * 5;
    let value = pulse * Math.sin(Math.PI * (syllable % 1)) ** 0.5;
    for (const [formant, frequencyHz] of vowels[Math.floor(syllable) % 4]!.entries()) {
      const radius = Math.exp((-Math.PI * bandwidthsHz[formant]!) / sampleRateHz);
      const past = memory[formant]!;
      const angle = (2 * Math.PI * frequencyHz) / sampleRateHz;
      value =
        (1 - radius) * 4 * value + 2 * radius * Math.cos(angle) * past[0] - radius ** 2 * past[1];
      past[1] = past[0];
      past[0] = value;
    }
    samples[index] = value;
  }
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return samples.map((value) => (0.4 * value) / peak);
}
