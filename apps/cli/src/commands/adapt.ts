import { availableParallelism } from 'node:os';
import { adaptToSpeaker } from '@ser/encoders';
import {
  applyLabelBias,
  createClassifier,
  fitLabelBias,
  measureProfile,
  readModelFile,
  SerError,
  type SpeakerProfile,
} from '@ser/runtime';
import type { Command } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { formatTable } from '../format-table.ts';
import { parseWhole } from '../parse-number.ts';
import { type ClipSource, listClips, toAudio, type Unlisted } from '../predict/clip-source.ts';
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
  balance?: boolean;
  jobs?: number;
}

const examples = `
Labels of the clips are not needed. A model with an encoder learns what the voice is like, from one
clip on; ten say much. The clips should be of one person and hold the emotions about as they come; the
new model can be adapted further. Other models have their labels balanced, and so has the first with
--balance or --labels: then all of the labels should occur about equally often, in fifty clips or more.

Examples:
  $ ser adapt recordings-of-anna/ --out anna.onnx
  $ ser adapt calls/ --labels neutral happy angry sad --out calls.onnx
  $ ser predict --model anna.onnx voice.wav`;

/** `ser adapt`: fits a model to a voice or, where it cannot be told of one, to the labels of a place. */
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
    .option('--balance', 'balance the labels also of a model that learns the voice')
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
  { model, out, labels: wanted, balance, jobs = availableParallelism() }: AdaptOptions,
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
  const before = await predictRows(model, { sources, jobs, signal });
  if (before.rows.length === 0) {
    throw new SerError(
      'FILE_UNREADABLE',
      `None of the ${sources.length} clips could be read and holds speech.`,
    );
  }
  const clips = before.rows.length;
  let adapted: Uint8Array = bytes;
  let rows: ArrayLike<number>[] = before.rows;
  if (manifest.speaker) {
    const voice = await learnVoice(model, before.read, signal);
    adapted = adaptToSpeaker(bytes, voice.profile);
    rows = voice.rows;
  }
  if (!manifest.speaker || wanted || balance) {
    const labelBias = fitLabelBias(rows, wanted && labels.map((label) => wanted.includes(label)));
    adapted = adaptModel(adapted, { clips, labelBias });
    rows = rows.map((row) => applyLabelBias(row, labelBias));
  }
  await writeFileAtomic(out, adapted);
  const table = formatTable([
    ['label', '% before', '% after'],
    ...labels.map((label, at) => [label, meanPercent(before.rows, at), meanPercent(rows, at)]),
  ]);
  process.stdout.write(
    `How probable each label is on average of ${clips} clips:\n\n${table}\nModel: ${out}\n`,
  );
}

/** What the voice of clips that can be read is like, and what the model says of them then. */
async function learnVoice(
  model: string,
  sources: readonly ClipSource[],
  signal: AbortSignal,
): Promise<{ profile: SpeakerProfile; rows: Float32Array[] }> {
  const classifier = await createClassifier(model);
  try {
    const embeddings: Float32Array[] = [];
    for (const source of sources) {
      embeddings.push(await classifier.embedding(toAudio(source), { signal }));
    }
    const profile = measureProfile(embeddings)!;
    return { profile, rows: await classifier.predictEmbeddings(embeddings, profile) };
  } finally {
    await classifier.dispose();
  }
}

/** Every clip in which somebody speaks and its probabilities; the others are named on standard error. */
async function predictRows(
  model: string,
  {
    sources,
    jobs,
    signal,
  }: { sources: (ClipSource | Unlisted)[]; jobs: number; signal: AbortSignal },
): Promise<{ read: ClipSource[]; rows: number[][] }> {
  const predictor = await openLocalPredictor(model, jobs);
  const progress = new Progress();
  const { labels } = predictor;
  const rows: number[][] = [];
  const read: ClipSource[] = [];
  const messages: string[] = [];
  const failures = new FailureCount();
  let done = 0;
  try {
    for await (const outcome of predictListed(predictor, sources, signal)) {
      const source = sources[done++]!;
      failures.add(outcome);
      if ('error' in outcome) messages.push(outcome.error.message);
      else if (outcome.label === null) messages.push(`${outcome.file}: nobody speaks in it`);
      else if (!('error' in source)) {
        read.push(source);
        rows.push(labels.map((label) => outcome.probabilities[label]!));
      }
      progress.update('Clips', done, sources.length);
    }
  } finally {
    progress.stop();
    await predictor.close();
  }
  for (const message of messages) process.stderr.write(`ser: left out: ${message}\n`);
  if (failures.count > 0) process.stderr.write(`ser: ${failures.describe(sources.length)}\n`);
  return { read, rows };
}

function meanPercent(rows: readonly ArrayLike<number>[], label: number): string {
  const sum = rows.reduce((total, row) => total + row[label]!, 0);
  return ((100 * sum) / rows.length).toFixed(1);
}
