import { availableParallelism } from 'node:os';
import { applyLabelBias, fitLabelBias, readModelFile, SerError } from '@ser/runtime';
import type { Command } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { formatTable } from '../format-table.ts';
import { parseWhole } from '../parse-number.ts';
import { type ClipSource, listClips, type Unlisted } from '../predict/clip-source.ts';
import { openLocalPredictor } from '../predict/local-predictor.ts';
import { FailureCount, predictListed } from '../predict/predict-listed.ts';
import { readBytes } from '../predict/read-bytes.ts';
import { Progress } from '../progress.ts';
import { asUsage } from '../report-failure.ts';
import { createModelOption } from '../shipped-model.ts';

interface AdaptOptions {
  model: string;
  out: string;
  labels?: string[];
  jobs?: number;
}

const examples = `
Labels of the clips are not needed. All of the model's labels, or those of --labels, should occur
about equally often among the clips; fifty clips or more are enough.

Examples:
  $ ser adapt recordings/ --out own.onnx
  $ ser adapt calls/ --labels neutral happy angry sad --out calls.onnx
  $ ser predict --model own.onnx voice.wav`;

/** `ser adapt`: balances a model's labels on clips of the place where it will be used. */
export function addAdaptCommand(program: Command): void {
  program
    .command('adapt')
    .description('Adapt a model to your own voice, room or language by clips without labels.')
    .argument('<clips...>', 'audio files, folders or quoted globs')
    .addOption(createModelOption('adapt'))
    .requiredOption('--out <file>', 'model file to write')
    .option(
      '--labels <names...>',
      'labels that occur in the clips; the new model says no other (default: all)',
    )
    .option('--jobs <n>', 'clips at a time (default: the number of cores)', parseWhole(1))
    .addHelpText('after', examples)
    .action(async (names: string[], options: AdaptOptions, command: Command) => {
      await abortOnInterrupt((signal) =>
        asUsage(command, async () => adaptToClips(names, options, signal)),
      );
    });
}

async function adaptToClips(
  names: readonly string[],
  { model, out, labels: wanted, jobs = availableParallelism() }: AdaptOptions,
  signal: AbortSignal,
): Promise<void> {
  const { adaptModel, checkAdaptable } = await import('@ser/trainer');
  const { writeFileAtomic } = await import('@ser/trainer/internal/atomic-file');
  const bytes = await readBytes(model);
  const manifest = readModelFile(bytes);
  checkAdaptable(manifest);
  const { labels } = manifest;
  const unknown = wanted?.find((label) => !labels.includes(label));
  if (unknown !== undefined) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `--labels has ${unknown}; the model knows ${labels.join(', ')}.`,
    );
  }
  const sources = await listClips(names, signal);
  const rows = await predictRows(model, { sources, jobs, signal });
  if (rows.length === 0) {
    throw new SerError('FILE_UNREADABLE', `None of the ${sources.length} clips could be read.`);
  }
  const labelBias = fitLabelBias(rows, wanted && labels.map((label) => wanted.includes(label)));
  await writeFileAtomic(out, adaptModel(bytes, { clips: rows.length, labelBias }));

  const adapted = rows.map((row) => applyLabelBias(row, labelBias));
  const table = formatTable([
    ['label', '% before', '% after'],
    ...labels.map((label, at) => [label, meanPercent(rows, at), meanPercent(adapted, at)]),
  ]);
  process.stdout.write(
    `How probable each label is on average of ${rows.length} clips:\n\n${table}\nModel: ${out}\n`,
  );
}

/** The probabilities of every clip that could be read; the others are named on standard error. */
async function predictRows(
  model: string,
  {
    sources,
    jobs,
    signal,
  }: { sources: (ClipSource | Unlisted)[]; jobs: number; signal: AbortSignal },
): Promise<number[][]> {
  const predictor = await openLocalPredictor(model, jobs);
  const progress = new Progress();
  const { labels } = predictor;
  const rows: number[][] = [];
  const messages: string[] = [];
  const failures = new FailureCount();
  try {
    for await (const outcome of predictListed(predictor, sources, signal)) {
      failures.add(outcome);
      if ('error' in outcome) messages.push(outcome.error.message);
      else rows.push(labels.map((label) => outcome.probabilities[label]!));
      progress.update('Clips', rows.length + failures.count, sources.length);
    }
  } finally {
    progress.stop();
    await predictor.close();
  }
  for (const message of messages) process.stderr.write(`ser: left out: ${message}\n`);
  if (failures.count > 0) process.stderr.write(`ser: ${failures.describe(sources.length)}\n`);
  return rows;
}

function meanPercent(rows: readonly ArrayLike<number>[], label: number): string {
  const sum = rows.reduce((total, row) => total + row[label]!, 0);
  return ((100 * sum) / rows.length).toFixed(1);
}
