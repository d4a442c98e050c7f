import { addNoise, type Dsp, limitBand } from '@ser/dsp-wasm';
import type { AudioClip } from '@ser/runtime/core';

/** What lies between a speaker and the model: white noise so far below the clip, or a telephone. */
export type Channel = { noiseSnrDb: number } | 'telephone';

/** What the test clips of every run are heard through too: a room with a fan, and a telephone. */
export const testChannels = {
  noise: { noiseSnrDb: 20 },
  telephone: 'telephone',
} as const satisfies Record<string, Channel>;

export type ChannelName = keyof typeof testChannels;

export const channelNames = Object.keys(testChannels) as ChannelName[];

/** Changes with every new rule of {@link hearThrough}, so that a cache forgets clips of old rules. */
export const channelVersion = 1;

/** The band of the telephone network, by ITU-T G.712. */
const telephoneBand = { sampleRateHz: 8000, lowestHz: 300, highestHz: 3400 };

/**
 * Returns a clip as it is heard through a channel: in noise at `sampleRateHz`, or at the rate, in the
 * band and with the eight bits a sample of a telephone. `seed` decides the noise.
 */
export function hearThrough(
  clip: AudioClip,
  channel: Channel,
  { sampleRateHz, seed, dsp }: { sampleRateHz: number; seed: number; dsp: Dsp },
): AudioClip {
  const toHz = channel === 'telephone' ? telephoneBand.sampleRateHz : sampleRateHz;
  const resampled = dsp.resample(clip.samples, { fromHz: clip.sampleRateHz, toHz });
  const samples =
    channel === 'telephone'
      ? limitBand(resampled, telephoneBand).map(compand)
      : addNoise(resampled, { snrDb: channel.noiseSnrDb, seed });
  return { samples, sampleRateHz: toHz };
}

/** A sample as eight bits of the μ-law keep it: the continuous form of what ITU-T G.711 tabulates. */
function compand(sample: number): number {
  const [mu, steps] = [255, 127];
  const size = Math.log1p(mu * Math.min(1, Math.abs(sample))) / Math.log1p(mu);
  const coded = Math.round(steps * size) / steps;
  return (Math.sign(sample) * Math.expm1(coded * Math.log1p(mu))) / mu;
}
