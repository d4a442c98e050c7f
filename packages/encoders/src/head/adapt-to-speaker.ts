import { SerError } from '@ser/dsp-wasm';
import { createFloats, decodeModel, encodeModel } from '@ser/onnx';
import {
  formatVoicePrior,
  joinProfiles,
  type Manifest,
  manifestKey,
  measureShift,
  parseVoicePrior,
  readModelFile,
  type SpeakerProfile,
  speakerShift,
  voicesKey,
} from '@ser/runtime/core';

/**
 * The same model for one speaker: embeddings are taken relative to that voice, as far as its clips can
 * tell, in every runtime. The manifest tells of the clips under `adaptation`. The file can be adapted
 * further: it holds the mean of the clips that told it, which is personal data.
 *
 * @param model bytes of a model file whose manifest has a `speaker`
 * @param profile what `classifier.adapt` of that model gave
 * @throws SerError `MODEL_INVALID` for another file; `INVALID_ARGUMENT` for a model that cannot be told
 *   who speaks, or a profile of another model
 *
 * @example
 * const profile = await classifier.adapt(recordings);
 * await writeFile('anna.onnx', adaptToSpeaker(await readFile('model.onnx'), profile));
 */
export function adaptToSpeaker(model: Uint8Array, profile: SpeakerProfile): Uint8Array {
  const manifest = readModelFile(model);
  if (!manifest.speaker) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `The model ${manifest.name} cannot be told who speaks; its manifest has no speaker.`,
    );
  }
  const whole = decodeModel(model);
  const prior = parseVoicePrior(whole.metadata[voicesKey]);
  const shift = measureShift(profile, prior);
  const told = prior.told ? joinProfiles(prior.told, profile) : profile;
  const adaptation = { ...manifest.adaptation, clips: Math.round(told.clips) };
  const adapted: Manifest = { ...manifest, adaptation };
  return encodeModel({
    ...whole,
    initialisers: whole.initialisers.map((each) =>
      each.name === speakerShift ? createFloats(speakerShift, [shift.length], shift) : each,
    ),
    metadata: {
      ...whole.metadata,
      [manifestKey]: JSON.stringify(adapted),
      [voicesKey]: formatVoicePrior({ ...prior, told }),
    },
  });
}
