import type { Random } from '../../random.ts';
import type { Emotion } from '../emotions.ts';
import { createContour, listStarts } from './contour.ts';
import { Resonator, Shelf } from './filters.ts';
import { drawNoise, Glottis } from './glottis.ts';
import { drawProsody } from './prosody.ts';
import { drawUtterance, type Segment } from './utterance.ts';
import type { Voice } from './voice.ts';

/** The rate of all synthetic clips. */
export const syntheticSampleRateHz = 22_050;

const syllableSec = 0.22;
const marginSec = 0.08;
const neutralLevelDb = -32;
const noiseLevelDb = -72;
const largestPeak = 0.98;
const controlStep = 64;
const frictionGain = 0.05;
/** Four formants that speech sounds move, and fixed ones above, a kilohertz apart as in a tube. */
const bandwidthsHz = [80, 100, 140, 220, 300, 400, 500, 600, 700];
const fifthFormantHz = 4500;

/**
 * Synthesises one clip of nonsense speech: glottal pulses and friction through formant resonators,
 * with the pitch, tempo, level, brightness and roughness of an emotion. Not speech that anyone would
 * take for a person; enough to show that a chain learns from speech-like sound.
 *
 * @param random draws words and prosody: the same generator gives the same samples
 * @returns mono samples at 22,050 Hz, 1 to 2 seconds for most
 */
export function synthesiseSpeech(voice: Voice, emotion: Emotion, random: Random): Float32Array {
  const prosody = drawProsody(emotion, voice, random.fork('prosody'));
  const segments = drawUtterance(
    syllableSec / (voice.tempo * prosody.rate),
    prosody.pauses,
    random.fork('words'),
  );
  const toSemitones = createContour(prosody, segments);
  const noise = random.fork('noise');
  const glottis = new Glottis(
    prosody.jitter,
    voice.breath + prosody.breath,
    random.fork('glottis'),
  );
  const shelf = new Shelf(1000, voice.tiltDb + prosody.tiltDb, syntheticSampleRateHz);
  const tract = new Tract(voice.formantScale);

  const starts = listStarts(segments);
  const length = Math.ceil(starts.at(-1)! * syntheticSampleRateHz);
  const margin = Math.round(marginSec * syntheticSampleRateHz);
  const samples = new Float32Array(length + 2 * margin);
  let at = 0;
  let step = 0;
  let gate = 0;
  for (let i = 0; i < length + margin; i++) {
    const timeSec = i / syntheticSampleRateHz;
    if (i % controlStep === 0) {
      while (at < segments.length && timeSec >= starts[at + 1]!) at++;
      const f0Hz = voice.f0Hz * 2 ** (toSemitones(Math.min(timeSec, starts.at(-1)!)) / 12);
      step = f0Hz / syntheticSampleRateHz;
      tract.approach(segments[at] ?? null);
      gate = tract.voice;
    }
    const voiced = tract.filterVoice(gate * glottis.next(step));
    samples[margin + i] = shelf.filter(voiced + tract.filterFriction(drawNoise(noise)));
  }
  setLevel(samples, neutralLevelDb + voice.gainDb + prosody.energyDb);
  const floor = 10 ** (noiseLevelDb / 20);
  return samples.map((sample) => sample + floor * drawNoise(noise));
}

/** The vocal tract: formants and amplitudes that glide towards the segment under way. */
class Tract {
  readonly #formantScale: number;
  readonly #resonators = bandwidthsHz.map(() => new Resonator());
  readonly #friction = new Resonator();
  readonly #formantsHz: number[] = [500, 1500, 2500, 3500];
  #frictionHz = 4000;
  #frictionLevel = 0;
  voice = 0;

  constructor(formantScale: number) {
    this.#formantScale = formantScale;
  }

  approach(segment: Segment | null): void {
    this.voice += 0.25 * ((segment?.voice ?? 0) - this.voice);
    this.#frictionLevel += 0.3 * ((segment?.friction ?? 0) - this.#frictionLevel);
    if (segment) {
      segment.formants.forEach((target, i) => {
        this.#formantsHz[i]! += 0.12 * (target - this.#formantsHz[i]!);
      });
      this.#frictionHz += 0.3 * (segment.frictionHz - this.#frictionHz);
    }
    this.#resonators.forEach((resonator, i) => {
      const formantHz = this.#formantsHz[i] ?? fifthFormantHz + 1000 * (i - 4);
      resonator.tune(formantHz * this.#formantScale, bandwidthsHz[i]!, syntheticSampleRateHz);
    });
    this.#friction.tune(this.#frictionHz * this.#formantScale, 1400, syntheticSampleRateHz);
  }

  filterVoice(sample: number): number {
    let signal = sample;
    for (const resonator of this.#resonators) signal = resonator.filter(signal);
    return signal;
  }

  filterFriction(noise: number): number {
    return this.#friction.filter(this.#frictionLevel * frictionGain * noise);
  }
}

/** Scales to a root mean square in decibels of full scale, or less where a peak would clip. */
function setLevel(samples: Float32Array, levelDb: number): void {
  let squares = 0;
  let peak = 0;
  for (const sample of samples) {
    squares += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  const wanted = 10 ** (levelDb / 20) / Math.sqrt(squares / samples.length);
  const gain = Math.min(wanted, largestPeak / peak);
  for (let i = 0; i < samples.length; i++) samples[i]! *= gain;
}
