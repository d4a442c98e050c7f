import { chooseLabels, createClassifier } from '@ser/runtime';
import { type Command, Option } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { showLive } from '../listen/listen.ts';
import { createJsonView, createTextView } from '../listen/live-view.ts';
import { recordMicrophone } from '../listen/record-microphone.ts';
import { planRecording, type RecorderName, recorderNames } from '../listen/recorders.ts';
import { parseNames } from '../parse-names.ts';
import { parsePositive, parseWhole } from '../parse-number.ts';
import { createModelOption } from '../shipped-model.ts';

interface ListenOptions {
  model: string;
  using?: RecorderName;
  device?: string;
  rate: number;
  duration?: number;
  oneSpeaker?: boolean;
  labels?: string[];
  json?: boolean;
}

/** `ser listen`: the emotion of what the microphone hears, as it is heard. */
export function addListenCommand(program: Command): void {
  program
    .command('listen')
    .description('Say which emotion the microphone hears, as it is heard. Ctrl-C ends it.')
    .addOption(createModelOption('use'))
    .addOption(
      new Option(
        '--using <program>',
        'what records (default: the first that is installed)',
      ).choices(recorderNames),
    )
    .option('--device <name>', "the recording program's name of a microphone")
    .option('--rate <hertz>', 'rate to record at', parseWhole(8000), 48_000)
    .option('--duration <seconds>', 'end after so much audio', parsePositive)
    .option('--one-speaker', 'one person speaks alone: judge by what the voice is like')
    .option('--labels <list>', 'answer among these labels alone, such as happy,sad', parseNames)
    .option('--json', 'print a JSON object for each half second')
    .addHelpText(
      'after',
      '\nExample:\n  $ ser listen\n  $ ser listen --using arecord --device hw:1 --json',
    )
    .action(
      async ({
        model,
        using,
        device,
        rate,
        duration,
        oneSpeaker = false,
        labels,
        json,
      }: ListenOptions) => {
        const command = planRecording({ device, sampleRateHz: rate }, using);
        const classifier = await createClassifier(model);
        try {
          const stream = await classifier.stream({
            ...{ sampleRateHz: rate, oneSpeaker },
            ...(labels && { labels }),
          });
          await abortOnInterrupt(async (signal) => {
            const microphone = recordMicrophone(command, signal);
            const view = json
              ? createJsonView()
              : createTextView(chooseLabels(classifier.labels, labels).labels);
            await showLive(microphone, stream, view, { sampleRateHz: rate, durationSec: duration });
          });
        } finally {
          await classifier.dispose();
        }
      },
    );
}
