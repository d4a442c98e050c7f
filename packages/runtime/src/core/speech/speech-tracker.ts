import type { Dsp } from '@ser/dsp-wasm';
import { createRateConverter, type RateConverter } from '../audio/rate-converter.ts';
import { type FrameSpan, SpanDetector } from './span-detector.ts';
import { type SpeechModel, speechInput } from './speech-model.ts';
import { SpeechScorer } from './speech-scorer.ts';

/** A stretch of a recording in which somebody speaks. */
export interface SpeechSpan {
  startSec: number;
  endSec: number;
}

const frameSec = speechInput.frameLength / speechInput.sampleRateHz;
/** Kept before and after speech, whose first and last sounds are soft. */
const marginSec = 0.1;

/** Speech is told from silence before this much more has been heard. */
export const longestDoubtSec = 2;

/** Finds speech in a signal that arrives in pieces, in constant memory. */
export class SpeechTracker {
  readonly #sampleRateHz: number;
  readonly #converter: RateConverter;
  readonly #scorer: SpeechScorer;
  readonly #detector = new SpanDetector();
  #received = 0;

  /** @throws SerError `INVALID_ARGUMENT` for a rate that cannot be resampled. */
  constructor(dsp: Dsp, model: SpeechModel, sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
    this.#converter = createRateConverter(dsp, {
      fromHz: sampleRateHz,
      toHz: speechInput.sampleRateHz,
    });
    this.#scorer = new SpeechScorer(model);
  }

  /** Seconds of signal that must follow a moment before it counts. */
  get latencySec(): number {
    return this.#converter.latencySamples / this.#sampleRateHz + frameSec;
  }

  /** The speech that goes on now, margins included, or null. It ends later than is said here. */
  get open(): SpeechSpan | null {
    const span = this.#detector.open;
    return span && this.#toSpeechSpan(span);
  }

  /** @returns spans of speech that have ended. */
  async push(samples: Float32Array): Promise<SpeechSpan[]> {
    this.#received += samples.length;
    const spans: FrameSpan[] = [];
    for (const probability of await this.#scorer.push(this.#converter.push(samples))) {
      const span = this.#detector.push(probability);
      if (span) spans.push(span);
    }
    return spans.map((span) => this.#toSpeechSpan(span));
  }

  /** @returns the span that the end of the signal ends, if any; nothing may be pushed after. */
  async finish(): Promise<SpeechSpan[]> {
    const spans = [];
    for (const probability of await this.#scorer.push(this.#converter.flush())) {
      spans.push(this.#detector.push(probability));
    }
    spans.push(this.#detector.finish());
    return spans.filter((span) => span !== null).map((span) => this.#toSpeechSpan(span));
  }

  #toSpeechSpan({ startFrame, endFrame }: FrameSpan): SpeechSpan {
    return {
      startSec: Math.max(0, startFrame * frameSec - marginSec),
      endSec: Math.min(this.#received / this.#sampleRateHz, endFrame * frameSec + marginSec),
    };
  }
}
