import { SerError } from '@ser/dsp-wasm';
import { createFloats, decodeModel, encodeModel, readFloats } from '@ser/onnx';
import {
  type Manifest,
  manifestKey,
  measureShift,
  readModelFile,
  type SpeakerProfile,
  speakerCentre,
} from '@ser/runtime/core';

/**
 * The same model for one speaker: embeddings are taken relative to that voice, as far as its clips can
 * tell, in every runtime. The manifest tells of the clips under `adaptation`. It can be adapted
 * further: what it has been told weighs as much as the clips that told it.
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
  const whole = decodeModel(model);
  const tensor = whole.initialisers.find(({ name }) => name === speakerCentre);
  const centre = tensor && readFloats(tensor);
  if (!manifest.speaker || !centre) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `The model ${manifest.name} cannot be told who speaks; its manifest has no speaker.`,
    );
  }
  const { priorClips } = manifest.speaker;
  const shift = measureShift(profile, { centre, priorClips });
  const moved = centre.map((value, i) => value + shift[i]!);
  const adapted: Manifest = {
    ...manifest,
    speaker: { priorClips: priorClips + profile.clips },
    adaptation: {
      ...manifest.adaptation,
      clips: Math.round((manifest.adaptation?.clips ?? 0) + profile.clips),
    },
  };
  return encodeModel({
    ...whole,
    initialisers: whole.initialisers.map((each) =>
      each === tensor ? createFloats(speakerCentre, [centre.length], moved) : each,
    ),
    metadata: { ...whole.metadata, [manifestKey]: JSON.stringify(adapted) },
  });
}
