import type { Manifest, Score } from '@ser/runtime/core';
import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import type { EncoderTuning, RecipeEncoder } from '../features/recipe-encoder.ts';
import { selectFeatures } from '../features/representation.ts';
import { type RunSummary, type Side, sides } from '../report/run-summary.ts';
import { listTrainedCorpora } from '../report/trained-corpora.ts';
import { version } from '../version.ts';
import type { RunSettings } from './run-folder.ts';

/** The manifest of a run's model: what it takes, what it says, where it comes from, how it scored. */
export function describeModel(
  settings: RunSettings,
  summary: RunSummary,
  encoder: RecipeEncoder | null,
): Manifest {
  const { recipe } = settings;
  const corpora = listTrainedCorpora(summary);
  return {
    formatVersion: 1,
    name: summary.name,
    labels: summary.labels,
    frontEnd: encoder ? encoder.manifest.frontEnd : selectFeatures(recipe),
    speeds: recipe.speeds,
    normalisation: recipe.head === 'linear' ? 'none' : recipe.model.normalisation,
    ...(encoder && describeEncoder(encoder)),
    training: {
      recipe: recipe.name,
      seed: settings.seed,
      corpora: corpora.map(({ synthetic, ...corpus }) => corpus),
      synthetic: corpora.some(({ synthetic }) => synthetic),
    },
    scores: listScores(summary),
    calibration: {
      temperature: summary.temperature ?? 1,
      ...(summary.windowTemperature && { windowTemperature: summary.windowTemperature }),
    },
    generator: { name: 'ser', version },
  };
}

function describeEncoder({
  manifest: { name, family, licence, languages, width, frameRateHz, maxFrames, batching, source },
  layers,
  tuning,
}: RecipeEncoder): Pick<Manifest, 'encoder' | 'batching'> {
  // The file carries no layer that the head does not use.
  const file = { width, frameRateHz, layers, used: layers };
  const origin = tuning ? `${source}; ${nameTuned(tuning)} trained along with the head` : source;
  const encoder = { name, family, licence, languages, source: origin, ...file };
  return { encoder: { ...encoder, ...(maxFrames !== undefined && { maxFrames }) }, batching };
}

/** `layer 4`, or `layers 3 to 4`. */
function nameTuned({ entering, last }: EncoderTuning): string {
  return last - entering === 1 ? `layer ${last}` : `layers ${entering + 1} to ${last}`;
}

/** Of the sides that training did not hear; where there are none, of the folds that calibrated it. */
function listScores({ protocol, evaluations, foldCalibration }: RunSummary): Score[] {
  const fold = protocol.fold === null ? '' : `, fold ${protocol.fold}`;
  const own = sides.flatMap((side) => {
    const evaluation = evaluations[side];
    if (!evaluation || side === 'train') return [];
    return [toScore(`${protocol.name}${fold}, seed ${protocol.seed}`, side, evaluation)];
  });
  if (own.length > 0 || !foldCalibration) return own;
  const { name, folds, evaluation } = foldCalibration;
  return [toScore(`${name}, ${folds} models of the same recipe`, 'test', evaluation)];
}

function toScore(protocol: string, split: Side, evaluation: Evaluation): Score {
  return {
    protocol,
    split,
    clips: evaluation.n,
    accuracy: evaluation.accuracy,
    uar: evaluation.uar,
    uarInterval95: [evaluation.uarInterval.low, evaluation.uarInterval.high],
    macroF1: evaluation.macro.f1,
    ece: evaluation.ece,
  };
}
