/** What Silero's voice-activity detector takes. */
export const speechInput = {
  sampleRateHz: 16_000,
  /** Samples that one probability is for: 32 ms. */
  frameLength: 512,
  /** Samples before the frame that the model sees again. */
  contextLength: 64,
  /** Values that it carries from frame to frame. */
  stateLength: 256,
} as const;

/** A voice-activity detector in an inference library. Each entry point brings its own. */
export interface SpeechModel {
  /**
   * Judges frames that follow each other.
   *
   * @param frames `contextLength + frameLength` samples of each.
   * @param state what the frame before left; zeros at the start.
   * @returns the probability that somebody speaks, of each frame, and the state for the next one.
   */
  score(
    frames: Float32Array,
    state: Float32Array,
  ): Promise<{ probabilities: Float32Array; state: Float32Array }>;
  release(): Promise<void>;
}

/** Opens the detector; called when speech is first looked for. */
export type OpenSpeechModel = () => Promise<SpeechModel>;
