import {
  type Classifier,
  createClassifier,
  formatSegments,
  type Prediction,
  type Segment,
  type SegmentFormat,
  SerError,
  segmentFormats,
} from '@ser/runtime';
import { type Command, Option } from 'commander';
import { exitCodes } from '../report-failure.ts';
import { createModelOption } from '../shipped-model.ts';

interface PredictOptions {
  model: string;
  json?: boolean;
  timeline?: boolean;
  format?: SegmentFormat;
}

/** As much as is decoded at once; the decoder has a limit of its own. */
const longestRecordingSec = 4 * 3600;

type Outcome =
  | ({ file: string } & Omit<Prediction, 'durationSec'>)
  | { file: string; error: { code: string; message: string } };

/**
 * `ser predict`: a line or a JSON entry a clip, and a clip that fails costs no other its result; with
 * --timeline the segments of one recording.
 */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict')
    .description('Say which emotion each clip carries. Needs no TensorFlow.')
    .argument('<clips...>', 'WAV, FLAC, MP3, Ogg Vorbis or Opus files')
    .addOption(createModelOption('model.onnx to use'))
    .option('--json', 'print one JSON array with every probability')
    .option('--timeline', 'find where somebody speaks in one recording, and with which emotion')
    .addOption(
      new Option('--format <format>', 'of the timeline (default: text)').choices(segmentFormats),
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ ser predict voice.wav\n  $ ser predict *.flac --json\n  $ ser predict talk.mp3 --timeline --format vtt > talk.vtt',
    )
    .action(async (clips: string[], options: PredictOptions) => {
      checkTimelineFlags(command, clips, options);
      const classifier = await createClassifier(options.model);
      try {
        if (options.timeline) {
          await printTimeline(classifier, clips[0]!, options.format ?? defaultFormat(options));
          return;
        }
        const outcomes: Outcome[] = [];
        for (const clip of clips) {
          const outcome = await predictClip(classifier, clip);
          outcomes.push(outcome);
          if (!options.json) printOutcome(outcome, clips.length > 1);
        }
        if (options.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
        if (outcomes.some((outcome) => 'error' in outcome)) process.exitCode = exitCodes.failure;
      } finally {
        await classifier.dispose();
      }
    });
}

function defaultFormat({ json }: PredictOptions): SegmentFormat {
  return json ? 'json' : 'text';
}

function checkTimelineFlags(
  command: Command,
  clips: readonly string[],
  { timeline, format, json }: PredictOptions,
): void {
  if (format && !timeline) command.error('error: --format needs --timeline');
  if (format && json && format !== 'json') {
    command.error(`error: --json and --format ${format} exclude each other`);
  }
  if (timeline && clips.length > 1) {
    command.error(`error: --timeline takes one recording, not ${clips.length}`);
  }
}

async function printTimeline(
  classifier: Classifier,
  file: string,
  format: SegmentFormat,
): Promise<void> {
  const segments: Segment[] = [];
  const options = { maxDurationSec: longestRecordingSec };
  for await (const segment of classifier.segments(file, options)) {
    segments.push(segment);
    if (format === 'text') process.stdout.write(formatSegments([segment], 'text'));
  }
  if (format !== 'text') process.stdout.write(formatSegments(segments, format));
}

async function predictClip(classifier: Classifier, file: string): Promise<Outcome> {
  try {
    const { label, confidence, probabilities, uncertain } = await classifier.predict(file);
    return { file, label, confidence, probabilities, uncertain };
  } catch (error) {
    if (!(error instanceof SerError)) throw error;
    return { file, error: { code: error.code, message: error.message } };
  }
}

function printOutcome(outcome: Outcome, namesFile: boolean): void {
  if ('error' in outcome) {
    process.stderr.write(`ser: ${outcome.error.message}\n`);
    return;
  }
  const parts = [
    `Predicted Emotion: ${outcome.label} (Confidence: ${outcome.confidence.toFixed(2)})`,
  ];
  if (namesFile) parts.push(outcome.file);
  if (outcome.uncertain) parts.push(`Uncertain: ${outcome.uncertain.message}`);
  process.stdout.write(`${parts.join('  ')}\n`);
}
