import { evaluatePredictions } from '../../src/evaluate/evaluate-predictions.ts';
import { splitDataset } from '../../src/protocols/split-dataset.ts';
import { createRandom } from '../../src/random.ts';
import {
  type ClipPrediction,
  type FoldCalibration,
  type RunSummary,
  sides,
} from '../../src/report/run-summary.ts';
import { scoreCorpora, scoreSpeakers } from '../../src/report/speaker-scores.ts';
import { makeDataset } from '../corpora/fake-dataset.ts';

/** A run with made-up predictions on the published names of a corpus: for looking at a report. */
export function makeSampleRun(corpus = 'ravdess', epochs = 40): RunSummary {
  const dataset = makeDataset(corpus);
  const { labels } = dataset;
  const split = splitDataset(dataset, { protocol: 'speaker-kfold', fold: 1, seed: 2 });
  const random = createRandom(8);
  const predictions: ClipPrediction[] = [];
  const evaluations: RunSummary['evaluations'] = {};
  for (const side of sides) {
    const truth = split[side].map(({ label }) => labels.indexOf(label));
    const skill = side === 'train' ? 4 : 2.4;
    const probabilities = truth.map((label) => {
      const weights = labels.map((_, at) => Math.exp(random.normal() + (at === label ? skill : 0)));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => weight / sum);
    });
    const speakers = split[side].map(({ speaker }) => speaker);
    evaluations[side] = evaluatePredictions({
      ...{ truth, probabilities, labels },
      ...(side === 'test' && { speakers }),
    });
    split[side].forEach(({ id, path, speaker, label }, at) => {
      const confidence = Math.max(...probabilities[at]!);
      const predicted = labels[probabilities[at]!.indexOf(confidence)]!;
      predictions.push({
        clipId: id,
        path,
        corpus,
        speaker,
        split: side,
        truth: label,
        predicted,
        confidence,
        probabilities: probabilities[at]!,
      });
    });
  }
  return {
    name: `${corpus}-reference`,
    createdAt: '2026-01-02T03:04:05.000Z',
    recipe: { name: 'reference', settings: { model: { lstmUnits: [128, 64], dropout: 0.3 } } },
    labels,
    corpora: dataset.corpora,
    skipped: [{ path: '/data/ravdess/broken.wav', reason: 'The file is truncated.' }],
    protocol: {
      name: split.protocol,
      seed: split.seed,
      fold: split.fold,
      sizes: {
        train: split.train.length,
        validation: split.validation.length,
        test: split.test.length,
      },
    },
    history: Array.from({ length: epochs }, (_, at) => {
      const learned = 1 - Math.exp(-at / 12);
      return {
        epoch: at + 1,
        trainLoss: 2.1 - 1.8 * learned,
        trainAccuracy: 0.12 + 0.82 * learned,
        validationLoss: 2.08 - 1.1 * learned + 0.06 * random.normal() + 0.01 * at,
        validationAccuracy: 0.12 + 0.6 * learned + 0.02 * random.normal(),
        validationUar: 0.12 + 0.56 * learned + 0.02 * random.normal(),
        durationSec: 12,
      };
    }),
    bestEpoch: Math.ceil(epochs * 0.8),
    temperature: 1.31,
    evaluations,
    predictions,
    environment: { node: '20.20.2', platform: 'linux x64' },
  };
}

/** The same of the protocol `all`: only a training side, not calibrated. */
export function makeUntestedRun(): RunSummary {
  const run = makeSampleRun();
  return {
    ...{ ...run, temperature: null, evaluations: { train: run.evaluations.train! } },
    predictions: run.predictions.filter(({ split }) => split === 'train'),
    protocol: { ...run.protocol, name: 'all', fold: null },
  };
}

/** As if the training side were what the folds of a cross-validation had tested. */
export function calibrateOnTraining({ predictions, evaluations }: RunSummary): FoldCalibration {
  const own = predictions.filter(({ split }) => split === 'train');
  const [corpora, speakers] = [scoreCorpora(own), scoreSpeakers(own)];
  return { name: 'whole', folds: 5, evaluation: evaluations.train!, corpora, speakers };
}
