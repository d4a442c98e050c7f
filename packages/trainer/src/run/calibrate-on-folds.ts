import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SerError } from '@ser/dsp-wasm';
import { speakerKey } from '../datasets/clip.ts';
import { poolPredictions } from '../evaluate/pool-predictions.ts';
import { fitTemperature } from '../evaluate/temperature.ts';
import { isSpeakerIndependent } from '../protocols/split.ts';
import type { ClipPrediction, FoldCalibration, RunSummary } from '../report/run-summary.ts';
import { scoreCorpora } from '../report/speaker-scores.ts';
import { writeReport } from '../report/write-report.ts';
import { exportRunToOnnx } from './export-run.ts';
import { readCrossValidation, readRunSettings, readRunSummary } from './run-folder.ts';
import { rescale, scoreSides, toLabelled } from './score-sides.ts';

/**
 * Fits the temperature of a finished run to what the runs of a cross-validation with the same recipe
 * said of the speakers that each tested, and writes the run's summary, report and model anew. A
 * run's validation side has a few speakers, and how surely a model is right differs much from one
 * to another; the folds have all of them. Speakers that the run itself tests are left out, so its test
 * scores stay those of strangers. Weights and predicted labels do not change. Returns the summary.
 *
 * @throws SerError `RUN_INVALID` where one of the folders is not finished, `INVALID_ARGUMENT` where
 *   the cross-validation has another recipe, other labels, or a protocol that shares speakers
 */
export async function calibrateOnFolds(
  directory: string,
  foldsDirectory: string,
): Promise<RunSummary> {
  const { recipe } = await readRunSettings(directory);
  const earlier = await readRunSummary(directory);
  const { labels } = earlier;
  const { protocol, runs } = await readCrossValidation(foldsDirectory);
  const refuse = (why: string) =>
    new SerError('INVALID_ARGUMENT', `folds is ${foldsDirectory}, ${why}.`);
  if (!isSpeakerIndependent(protocol)) {
    throw refuse(`whose protocol is ${protocol}; it must keep speakers apart`);
  }
  const tested = new Set(listSide(earlier, 'test').map(speakerKey));
  const folds: ClipPrediction[][] = [];
  for (const { directory: name } of runs) {
    const fold = join(foldsDirectory, name);
    if (!isDeepStrictEqual((await readRunSettings(fold)).recipe, recipe)) {
      throw refuse(`whose recipe is another than ${recipe.name} as ${directory} has it`);
    }
    const summary = await readRunSummary(fold);
    if (!isDeepStrictEqual(summary.labels, labels)) {
      throw refuse(
        `whose labels are ${summary.labels.join(', ')}; the run's are ${labels.join(', ')}`,
      );
    }
    const strangers = listSide(summary, 'test').filter((clip) => !tested.has(speakerKey(clip)));
    folds.push(rescale(strangers, labels, 1 / (summary.temperature ?? 1)));
  }
  const temperature = fitTemperature(toLabelled(folds.flat(), labels));
  const predictions = rescale(
    earlier.predictions,
    labels,
    temperature / (earlier.temperature ?? 1),
  );
  const summary: RunSummary = {
    ...earlier,
    temperature,
    foldCalibration: describeFolds(folds, labels),
    evaluations: scoreSides(predictions, labels),
    predictions,
  };
  await writeReport(directory, summary);
  await exportRunToOnnx(directory);
  return summary;
}

function describeFolds(
  folds: readonly ClipPrediction[][],
  labels: readonly string[],
): FoldCalibration {
  const predictions = folds.flatMap((fold) => {
    const others = folds.filter((other) => other !== fold).flat();
    return rescale(fold, labels, fitTemperature(toLabelled(others, labels)));
  });
  return {
    folds: folds.length,
    speakers: new Set(predictions.map(speakerKey)).size,
    scores: poolPredictions(predictions, { areStrangers: true }),
    corpora: scoreCorpora(predictions),
  };
}

function listSide({ predictions }: RunSummary, side: ClipPrediction['split']): ClipPrediction[] {
  return predictions.filter(({ split }) => split === side);
}
