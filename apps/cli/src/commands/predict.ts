import { availableParallelism } from 'node:os';
import { SerError } from '@ser/runtime';
import { type Command, Option } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { parseNames } from '../parse-names.ts';
import { parseWhole } from '../parse-number.ts';
import {
  type ClipSource,
  listClips,
  readClipList,
  standardInput,
  type Unlisted,
} from '../predict/clip-source.ts';
import { openLocalPredictor } from '../predict/local-predictor.ts';
import type { Outcome } from '../predict/outcome.ts';
import { createFormatter, type OutcomeFormat, outcomeFormats } from '../predict/outcome-formats.ts';
import { FailureCount, predictListed } from '../predict/predict-listed.ts';
import type { Predictor } from '../predict/predictor.ts';
import { printTimeline, type TimelineFormat, timelineFormats } from '../predict/print-timeline.ts';
import { parseSpeakerPattern } from '../predict/speaker-groups.ts';
import { print } from '../print.ts';
import { Progress } from '../progress.ts';
import { asUsage, exitCodes } from '../report-failure.ts';
import { createModelOption } from '../shipped-model.ts';

interface PredictOptions {
  model: string;
  fromList?: string;
  top?: number;
  json?: boolean;
  format?: TimelineFormat;
  timeline?: boolean;
  server?: string;
  oneSpeaker?: boolean;
  speakerFrom?: string;
  speechCheck: boolean;
  labels?: string[];
  jobs: number;
}

const examples = `
Examples:
  $ ser predict voice.wav
  $ ser predict recordings/ --format csv > emotions.csv
  $ ser predict 'talks/**/*.flac' --format jsonl --top 3
  $ ffmpeg -i talk.mp4 -f wav - | ser predict -
  $ ser predict talk.mp3 --timeline --format vtt > talk.vtt
  $ ser predict interviews/ --speaker-from 'participant(\\d+)'
  $ ser predict recordings/ --server http://127.0.0.1:8080`;

/**
 * `ser predict`: one outcome a clip, in the order of the clips, and a clip that fails costs no other
 * its result; with --timeline the segments of one recording.
 */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict')
    .description('Say which emotion each clip carries. Needs no TensorFlow.')
    .argument(
      '[clips...]',
      'audio files, folders, quoted globs, or - for one clip on standard input',
    )
    .addOption(createModelOption('use'))
    .option(
      '--from-list <file>',
      'predict the clips that a file lists, a path a line; - reads the list',
    )
    .option('--top <n>', 'print the n likeliest labels of each clip', parseWhole(1))
    .addOption(
      new Option(
        '--format <format>',
        'text, json, jsonl or csv; of a timeline also vtt or audacity (default: text)',
      ).choices([...new Set([...outcomeFormats, ...timelineFormats])]),
    )
    .option('--json', 'the same as --format json: one array with every probability')
    .option('--timeline', 'find where somebody speaks in one recording, and with which emotion')
    .option('--server <url>', 'let a running `ser serve` predict (token: SER_TOKEN)')
    .option('--no-speech-check', 'label clips in which nobody speaks too: laughter, singing')
    .option('--labels <list>', 'answer among these labels alone, such as happy,sad', parseNames)
    .option('--one-speaker', 'all clips, or all of a --timeline, are one person: judge them so')
    .option(
      '--speaker-from <pattern>',
      'regular expression that finds the speaker in the name of a clip',
    )
    .option('--jobs <n>', 'clips at a time (default: the number of cores)', parseWhole(1))
    .addHelpText('after', examples)
    .action(async (names: string[], given: Omit<PredictOptions, 'jobs'> & { jobs?: number }) => {
      const options = { ...given, jobs: given.jobs ?? availableParallelism() };
      checkFlags(command, names, options);
      await abortOnInterrupt(async (signal) => {
        const { fromList } = options;
        const sources = await asUsage(command, () =>
          fromList === undefined ? listClips(names, signal) : readClipList(fromList, signal),
        );
        const predictor = await asUsage(command, () => openPredictor(options));
        try {
          if (options.timeline) await predictTimeline(command, predictor, sources, options, signal);
          else await predictAll(predictor, sources, options, signal);
        } finally {
          await predictor.close();
        }
      });
    });
}

async function openPredictor(options: PredictOptions): Promise<Predictor> {
  const { server, model, jobs, oneSpeaker, speakerFrom, speechCheck, labels } = options;
  if (server === undefined) {
    const pattern = speakerFrom === undefined ? undefined : parseSpeakerPattern(speakerFrom);
    const nameSpeaker = oneSpeaker ? () => '' : pattern;
    return openLocalPredictor(model, jobs, { nameSpeaker, speechCheck, labels });
  }
  const { openServerPredictor } = await import('../predict/server-predictor.ts');
  return openServerPredictor(server, { speechCheck, labels });
}

function checkFlags(
  command: Command,
  names: readonly string[],
  {
    fromList,
    timeline,
    format,
    json,
    top,
    server,
    oneSpeaker,
    speakerFrom,
    speechCheck,
  }: PredictOptions,
): void {
  const speaker = oneSpeaker ? '--one-speaker' : speakerFrom !== undefined && '--speaker-from';
  if (speaker && server !== undefined) {
    command.error(`error: ${speaker} does not go with --server, which judges each clip alone`);
  }
  if (oneSpeaker && speakerFrom !== undefined) {
    command.error('error: give --one-speaker or --speaker-from, not both');
  }
  if (timeline && speakerFrom !== undefined) {
    command.error('error: --speaker-from does not go with --timeline; --one-speaker does');
  }
  if (names.length === 0 && fromList === undefined) {
    command.error('error: no clip given: name files, folders or globs, or - for standard input');
  }
  if (names.length > 0 && fromList !== undefined) {
    command.error('error: give clips or --from-list, not both');
  }
  if (format && json && format !== 'json') {
    command.error(`error: --json and --format ${format} exclude each other`);
  }
  if (timeline && !speechCheck) {
    command.error('error: --no-speech-check does not go with --timeline, which looks for speech');
  }
  if (timeline && top !== undefined) command.error('error: --top does not go with --timeline');
  if (format && !timeline && !(outcomeFormats as readonly string[]).includes(format)) {
    command.error(`error: --format ${format} needs --timeline`);
  }
  if (timeline && names.length > 1) refuseManyTimelines(command, names.length);
}

function refuseManyTimelines(command: Command, count: number): never {
  command.error(`error: --timeline takes one recording, not ${count}`);
}

async function predictTimeline(
  command: Command,
  predictor: Predictor,
  sources: readonly (ClipSource | Unlisted)[],
  { format, json }: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const [source] = sources;
  if (!source || sources.length > 1) refuseManyTimelines(command, sources.length);
  if ('error' in source) throw new SerError(source.error.code, source.error.message);
  const segments = predictor.segments(source, signal);
  await printTimeline(segments, format ?? (json ? 'json' : 'text'));
}

async function predictAll(
  predictor: Predictor,
  sources: readonly (ClipSource | Unlisted)[],
  { format, json, top }: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const formatter = createFormatter((format as OutcomeFormat) ?? (json ? 'json' : 'text'), {
    labels: predictor.labels,
    top,
    namesFiles: sources.length > 1 || sources[0]?.name === standardInput,
  });
  await printOutcomes(predictListed(predictor, sources, signal), sources.length, formatter);
}

/** Prints outcomes as they come; those that failed are listed on standard error at the end. */
async function printOutcomes(
  outcomes: AsyncIterable<Outcome>,
  total: number,
  formatter: ReturnType<typeof createFormatter>,
): Promise<void> {
  const messages: string[] = [];
  const failures = new FailureCount();
  const progress = new Progress();
  let done = 0;
  try {
    for await (const outcome of outcomes) {
      if ('error' in outcome) messages.push(outcome.error.message);
      failures.add(outcome);
      await print(formatter.add(outcome));
      done++;
      // On a terminal the lines themselves show how far it is.
      if (!process.stdout.isTTY) progress.update('Clips', done, total);
    }
    await print(formatter.finish());
  } finally {
    progress.stop();
    for (const message of messages) process.stderr.write(`ser: ${message}\n`);
  }
  if (failures.count === 0) return;
  process.exitCode = exitCodes.failure;
  if (total > 1) process.stderr.write(`ser: ${failures.describe(total)}\n`);
}
