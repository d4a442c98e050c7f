import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAudio } from '@ser/runtime/core';

/** A deterministic stand-in for speech: pulses through two resonators, with breath and pauses. */
function synthesise(seconds: number, rateHz: number, seed: number): Float32Array {
  let state = seed;
  let [a1, a2, b1, b2] = [0, 0, 0, 0];
  return new Float32Array(Math.round(seconds * rateHz)).map((_, i) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    const breath = 0.02 * (state / 2147483648 - 1);
    const isVoiced = i % Math.round(rateHz / 2) < rateHz / 3;
    const pulse = isVoiced && i % Math.round(rateHz / (110 + 9 * seed)) === 0 ? 1 : 0;
    const first = pulse + breath + 1.93 * a1 - 0.97 * a2;
    [a2, a1] = [a1, first];
    const second = first + 1.7 * b1 - 0.94 * b2;
    [b2, b1] = [b1, second];
    return 0.01 * second;
  });
}

export interface ClipSet {
  source: string;
  rateHz: number;
  clips: Float32Array[];
}

/** The clips of a folder of 48 kHz WAV files, or synthetic ones of 3 to 4 s. */
export async function loadClips(folder: string | undefined): Promise<ClipSet> {
  const rateHz = 48000;
  if (folder === undefined) {
    const clips = [3, 3.2, 3.4, 3.6, 3.8, 4].map((seconds, i) =>
      synthesise(seconds, rateHz, i + 1),
    );
    return { source: 'synthetic', rateHz, clips };
  }
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.wav'))
    .sort();
  const clips: Float32Array[] = [];
  for (const name of names) {
    const clip = await decodeAudio(readFileSync(join(folder, name)));
    if (clip.sampleRateHz === rateHz) clips.push(clip.samples);
  }
  return { source: `${clips.length} clips of ${rateHz} Hz from a folder of speech`, rateHz, clips };
}

/** Repeats one synthetic clip to any length. */
export function makeLongClip(seconds: number, rateHz: number): Float32Array {
  const piece = synthesise(4, rateHz, 3);
  const samples = new Float32Array(Math.round(seconds * rateHz));
  for (let at = 0; at < samples.length; at += piece.length) {
    samples.set(piece.subarray(0, samples.length - at), at);
  }
  return samples;
}
