import { join } from 'node:path';
import type { FeatureMatrix } from '@ser/dsp-wasm';
import { SerError } from '@ser/dsp-wasm';
import { fitLinearHead, type LinearHead, predictWithHead, priorClips } from '@ser/encoders';
import { measureShift, SpeakerMean } from '@ser/runtime/core';
import { z } from 'zod';
import { writeFileAtomic } from '../atomic-file.ts';
import { speakerKey } from '../datasets/clip.ts';
import { measureLogLoss } from '../evaluate/calibration.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import type { Example } from '../fit/example.ts';
import { weighClasses } from '../fit/targets.ts';
import { groupBy } from '../group-by.ts';
import type { LinearRecipe } from '../recipes/recipe.ts';
import type { FittedHead, HeadInput } from './head.ts';
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
  const centre = centreSpeakers(input);
  const head = { ...fitLinearHead(examples, { classes, penalty, labelSmoothing }), centre };
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
    predictRelative(matrices, others) {
      const shift = measureShift(
        { clips: others.length, mean: average(others) },
        { centre, priorClips },
      );
      return predictWithHead(
        head,
        matrices.map(({ data }) => data.map((value, i) => value - shift[i]!)),
      );
    },
    dispose: () => {},
  };
}

/** Mean over the training speakers of the means of their clips. */
function centreSpeakers({ split, train }: HeadInput): Float32Array {
  const speakers = groupBy([...split.train.keys()], (at) => speakerKey(split.train[at]!));
  const means = [...speakers.values()].map((clips) =>
    average(clips.map((at) => train[at]!.matrix)),
  );
  return average(means.map((data) => ({ data })));
}

function average(rows: readonly Pick<FeatureMatrix, 'data'>[]): Float32Array {
  const mean = new SpeakerMean(rows[0]!.data.length);
  for (const { data } of rows) mean.add(data);
  return mean.profile!.mean;
}

const numbers = z.array(z.number()).transform((values) => Float32Array.from(values));
const headSchema = z.strictObject({
  mean: numbers,
  deviation: numbers,
  weights: numbers,
  bias: numbers,
  /** Runs from before it have none. */
  centre: numbers.optional(),
});

async function writeLinearHead(directory: string, head: LinearHead): Promise<void> {
  const plain = Object.fromEntries(
    Object.entries(head).map(([name, values]) => [name, Array.from(values as Float32Array)]),
  );
  await writeFileAtomic(join(directory, runFiles.head), `${JSON.stringify(plain)}\n`);
}

/**
 * Reads the linear head of a finished run.
 *
 * @throws SerError `RUN_INVALID` where there is none.
 */
export async function readLinearHead(directory: string): Promise<LinearHead> {
  const parsed = headSchema.safeParse(await readRunJson(directory, runFiles.head));
  if (parsed.success) {
    const { centre, ...head } = parsed.data;
    return { ...head, ...(centre && { centre }) };
  }
  throw new SerError(
    'RUN_INVALID',
    `${join(directory, runFiles.head)} is not what \`ser train\` writes.`,
  );
}
