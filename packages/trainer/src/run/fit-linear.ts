import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { fitLinearHead, type LinearHead, predictWithHead } from '@ser/encoders';
import {
  formatVoicePrior,
  measureProfile,
  measureShift,
  parseVoicePrior,
  type VoicePrior,
} from '@ser/runtime/core';
import { z } from 'zod';
import { writeFileAtomic } from '../atomic-file.ts';
import { speakerKey } from '../datasets/clip.ts';
import { measureLogLoss } from '../evaluate/calibration.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import type { Example } from '../fit/example.ts';
import { weighClasses } from '../fit/targets.ts';
import type { LinearRecipe } from '../recipes/recipe.ts';
import type { FittedHead, HeadInput } from './head.ts';
import { measureVoices } from './measure-voices.ts';
import { readRunJson, runFiles } from './run-folder.ts';

/**
 * Fits a linear head to the embeddings of the training clips and their copies, in seconds, and writes
 * it into the run folder.
 */
export async function fitLinear(input: HeadInput, recipe: LinearRecipe): Promise<FittedHead> {
  const { directory, labels, train, validation, onEvent } = input;
  const { penalty, labelSmoothing, classWeights } = recipe.training;
  const started = performance.now();
  const classes = labels.length;
  const factors = weighClasses(train, classes, classWeights);
  const examples = train.flatMap(({ matrix, copies = [], label, knownLabels }) =>
    [matrix, ...copies].map(({ data }) => ({
      ...{ embedding: data, label, weight: factors[label]! },
      ...(knownLabels && { knownLabels }),
    })),
  );
  const voices = measureTrainingVoices(input);
  const head = {
    ...fitLinearHead(examples, { classes, penalty, labelSmoothing }),
    ...(voices && { voices }),
  };
  await writeLinearHead(directory, head);
  const score = (side: readonly Example[]) => {
    if (side.length === 0) return null;
    const rows = predictWithHead(
      head,
      side.map(({ matrix }) => matrix.data),
    );
    const predictions = {
      truth: side.map(({ label }) => label),
      probabilities: rows,
      labels: [...labels],
    };
    const { accuracy, uar } = evaluatePredictions(predictions);
    return { loss: measureLogLoss(predictions), accuracy, uar };
  };
  const [own, held] = [score(train)!, score(validation)];
  const log = {
    epoch: 1,
    trainLoss: own.loss,
    trainAccuracy: own.accuracy,
    validationLoss: held?.loss ?? null,
    validationAccuracy: held?.accuracy ?? null,
    validationUar: held?.uar ?? null,
    durationSec: (performance.now() - started) / 1000,
  };
  onEvent({ type: 'epoch', epochs: 1, clips: examples.length, ...log });
  return {
    history: [log],
    bestEpoch: 1,
    preparationSec: 0,
    initialRun: undefined,
    environment: {},
    predict: (matrices) =>
      predictWithHead(
        head,
        matrices.map(({ data }) => data),
      ),
    ...(voices && {
      predictRelative(matrices, others) {
        const profile = measureProfile(others.map(({ data }) => data));
        const shift = measureShift(profile!, voices);
        return predictWithHead(
          head,
          matrices.map(({ data }) => data.map((value, i) => value - shift[i]!)),
        );
      },
    }),
    dispose: () => {},
  };
}

function measureTrainingVoices({ split, train }: HeadInput): VoicePrior | undefined {
  const examples = split.train.map((clip, at) => ({
    ...{ embedding: train[at]!.matrix.data, corpus: clip.corpus, speaker: speakerKey(clip) },
  }));
  return measureVoices(examples);
}

const numbers = z.array(z.number()).transform((values) => Float32Array.from(values));
const headSchema = z.strictObject({
  mean: numbers,
  deviation: numbers,
  weights: numbers,
  bias: numbers,
  /** Runs from before it have none. */
  voices: z.string().transform(parseVoicePrior).optional(),
});

async function writeLinearHead(directory: string, head: LinearHead): Promise<void> {
  const { voices, ...lists } = head;
  const plain = Object.fromEntries(
    Object.entries(lists).map(([name, values]) => [name, Array.from(values)]),
  );
  const told = { ...plain, ...(voices && { voices: formatVoicePrior(voices) }) };
  await writeFileAtomic(join(directory, runFiles.head), `${JSON.stringify(told)}\n`);
}

/**
 * Reads the linear head of a finished run.
 *
 * @throws SerError `RUN_INVALID` where there is none.
 */
export async function readLinearHead(directory: string): Promise<LinearHead> {
  const parsed = headSchema.safeParse(await readRunJson(directory, runFiles.head));
  if (parsed.success) {
    const { voices, ...head } = parsed.data;
    return { ...head, ...(voices && { voices }) };
  }
  throw new SerError(
    'RUN_INVALID',
    `${join(directory, runFiles.head)} is not what \`ser train\` writes.`,
  );
}
