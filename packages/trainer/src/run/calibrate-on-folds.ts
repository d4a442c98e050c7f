import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SerError } from '@ser/dsp-wasm';
import { speakerKey } from '../datasets/clip.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { poolChannels } from '../evaluate/pool-predictions.ts';
import { fitTemperature } from '../evaluate/temperature.ts';
import { isSpeakerIndependent } from '../protocols/split.ts';
import type {
  ClipPrediction,
  FoldCalibration,
  LabelPrediction,
  RunSummary,
} from '../report/run-summary.ts';
import { scoreCorpora, scoreSpeakers } from '../report/speaker-scores.ts';
import { writeReport } from '../report/write-report.ts';
import { exportRunToOnnx } from './export-run.ts';
import { rescaleByOthers } from './rescale-by-others.ts';
import { readCrossValidation, readRunSettings, readRunSummary } from './run-folder.ts';
import { rescale, scoreSides, scoreWindows, toLabelled } from './score-sides.ts';

/**
 * Fits the temperatures of a finished run, of clips and of windows, to what the runs of a
 * cross-validation with the same recipe said of the speakers that each tested, and writes the run's summary, report and model anew. A
 * run's validation side has a few speakers, and how surely a model is right differs much from one
 * to another; the folds have all of them. Speakers that the run itself tests are left out, so its test
 * scores stay those of strangers. Weights and predicted labels do not change. Returns the summary.
 *
 * @throws SerError `RUN_INVALID` where one of the folders is not finished, `INVALID_ARGUMENT` where
 *   the cross-validation has another recipe, other labels or corpora, a protocol that shares
 *   speakers, or fewer than two folds with speakers that the run does not test
 */
export async function calibrateOnFolds(
  directory: string,
  crossValidationDirectory: string,
): Promise<RunSummary> {
  const { recipe } = await readRunSettings(directory);
  const earlier = await readRunSummary(directory);
  const { labels } = earlier;
  const { protocol, runs } = await readCrossValidation(crossValidationDirectory);
  const refuse = (why: string) =>
    new SerError('INVALID_ARGUMENT', `crossValidation is ${crossValidationDirectory}, ${why}.`);
  if (!isSpeakerIndependent(protocol)) {
    throw refuse(`whose protocol is ${protocol}; it must keep speakers apart`);
  }
  const tested = new Set(listSide(earlier, 'test').map(speakerKey));
  const isStranger = (prediction: LabelPrediction) =>
    prediction.split === 'test' && !tested.has(speakerKey(prediction));
  const folds: ClipPrediction[][] = [];
  const windows: LabelPrediction[][] = [];
  const summaries: RunSummary[] = [];
  for (const { directory: name } of runs) {
    const fold = join(crossValidationDirectory, name);
    if (!isDeepStrictEqual((await readRunSettings(fold)).recipe, recipe)) {
      throw refuse(`whose recipe is another than ${recipe.name} as ${directory} has it`);
    }
    const summary = await readRunSummary(fold);
    for (const [what, list] of Object.entries(compared)) {
      const [theirs, own] = [list(summary), list(earlier)];
      if (!isDeepStrictEqual(theirs, own)) {
        throw refuse(`whose ${what} are ${theirs.join(', ')}; the run's are ${own.join(', ')}`);
      }
    }
    const strangers = listSide(summary, 'test').filter(isStranger);
    if (strangers.length === 0) continue;
    folds.push(rescale(strangers, labels, 1 / (summary.temperature ?? 1)));
    summaries.push(summary);
    if (!summary.windows) continue;
    const own = summary.windows.filter(isStranger);
    windows.push(rescale(own, labels, 1 / (summary.windowTemperature ?? 1)));
  }
  if (folds.length < 2) {
    throw refuse('where fewer than two folds test a speaker that the run does not test');
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
    ...calibrateWindows(earlier, windows.flat()),
    foldCalibration: {
      name: basename(crossValidationDirectory),
      ...describeFolds(folds, labels),
      windows: scoreWindows(rescaleByOthers(windows, labels).flat(), labels),
      channelUars: poolChannels(summaries, isStranger),
    },
    evaluations: scoreSides(predictions, labels),
    predictions,
    ...(earlier.adapted && {
      adapted: rescale(earlier.adapted, labels, temperature / (earlier.temperature ?? 1)),
    }),
  };
  await writeReport(directory, summary);
  await exportRunToOnnx(directory);
  return summary;
}

/** What the run and each fold must have in common, besides the recipe. */
const compared: Record<string, (summary: RunSummary) => string[]> = {
  labels: ({ labels }) => labels,
  corpora: ({ corpora }) => corpora.map(({ name }) => name),
};

function describeFolds(
  folds: readonly ClipPrediction[][],
  labels: readonly string[],
): Omit<FoldCalibration, 'name'> {
  const predictions = rescaleByOthers(folds, labels).flat();
  return {
    folds: folds.length,
    evaluation: evaluatePredictions({
      ...toLabelled(predictions, labels),
      speakers: predictions.map(speakerKey),
    }),
    corpora: scoreCorpora(predictions),
    speakers: scoreSpeakers(predictions),
  };
}

/** The windows of a run at the temperature that those of the folds give, if there are any. */
function calibrateWindows(
  { labels, windows = [], windowTemperature = 1 }: RunSummary,
  ofFolds: readonly LabelPrediction[],
): Pick<RunSummary, 'windows' | 'windowTemperature'> {
  if (ofFolds.length === 0) return {};
  const temperature = fitTemperature(toLabelled(ofFolds, labels));
  return {
    windowTemperature: temperature,
    windows: rescale(windows, labels, temperature / windowTemperature),
  };
}

function listSide(
  { name, predictions }: RunSummary,
  side: ClipPrediction['split'],
): ClipPrediction[] {
  const own = predictions.filter(({ split }) => split === side);
  if (own.every(({ probabilities }) => probabilities)) return own;
  throw new SerError(
    'RUN_INVALID',
    `${name} is of an older version, which kept no probabilities of its predictions; train it again.`,
  );
}
