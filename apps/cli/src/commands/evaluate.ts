import type { VoiceScores } from '@ser/trainer';
import { type Command, Option } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { formatTable } from '../format-table.ts';
import { parseNames } from '../parse-names.ts';
import { parsePositive, parseWholes } from '../parse-number.ts';
import { Progress } from '../progress.ts';
import { asUsage } from '../report-failure.ts';
import { createModelOption } from '../shipped-model.ts';
import { toScores } from '../to-scores.ts';

interface EvaluateOptions {
  model: string;
  data: string[];
  split?: string;
  noise?: number;
  telephone?: boolean;
  labels?: string[];
  speakerClips?: number[];
  json?: boolean;
}

/** `ser evaluate`: scores a model file on labelled clips; needs no TensorFlow. */
export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('Score a model on labelled clips. Needs no TensorFlow.')
    .addOption(createModelOption('score'))
    .requiredOption('--data <folders...>', 'corpora, as for `ser train`')
    .option('--split <file>', "score only the test clips of a run's split.json")
    .option('--noise <dB>', 'hear every clip in white noise so far below it', parsePositive)
    .addOption(
      new Option('--telephone', 'hear every clip over a telephone, 300 to 3400 Hz').conflicts(
        'noise',
      ),
    )
    .option(
      '--speaker-clips <list>',
      'score also relative to the speaker, of whom so many clips are known, such as 0,1,5,20',
      parseWholes,
    )
    .option('--labels <list>', 'answer among these labels alone, such as happy,sad', parseNames)
    .option('--json', 'print the scores as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ ser evaluate --model runs/x/model.onnx --data data/ravdess --split runs/x/split.json',
    )
    .action(async (options: EvaluateOptions, command: Command) => {
      const { evaluateModel, formatClassificationReport } = await import('@ser/trainer');
      const progress = new Progress();
      const { evaluation, voices, skipped } = await asUsage(command, () =>
        abortOnInterrupt((signal) =>
          evaluateModel({
            modelPath: options.model,
            data: options.data,
            ...(options.split && { splitPath: options.split }),
            ...(options.noise && { channel: { noiseSnrDb: options.noise } }),
            labels: options.labels,
            ...(options.speakerClips && { speakerClips: options.speakerClips }),
            ...(options.telephone && { channel: 'telephone' as const }),
            onProgress: (done, total) => progress.update('Clips', done, total),
            signal,
          }),
        ),
      ).finally(() => progress.stop());
      for (const { path, reason } of skipped) {
        process.stderr.write(`ser: left out ${path}: ${reason}\n`);
      }
      if (options.json) {
        const { labels, confusion } = evaluation;
        const scores = {
          ...toScores(evaluation),
          ...(voices.length > 0 && { voices }),
          labels,
          confusion,
        };
        process.stdout.write(`${JSON.stringify(scores, null, 2)}\n`);
      } else {
        process.stdout.write(`${formatClassificationReport(evaluation)}\n${formatVoices(voices)}`);
      }
    });
}

function formatVoices(voices: readonly VoiceScores[]): string {
  if (voices.length === 0) return '';
  const percent = (share: number) => (100 * share).toFixed(1);
  const table = formatTable([
    ['clips known of a speaker', 'UAR %', 'accuracy %', 'ECE'],
    ...voices.map(({ clips, uar, accuracy, ece }) => [
      String(clips),
      percent(uar),
      percent(accuracy),
      ece.toFixed(3),
    ]),
  ]);
  return `\nRelative to the speaker, of whom clips without labels are known:\n\n${table}\n`;
}
