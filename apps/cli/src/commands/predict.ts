import { type Classifier, createClassifier, type Prediction, SerError } from '@ser/runtime';
import type { Command } from 'commander';
import { exitCodes } from '../report-failure.ts';
import { createModelOption } from '../shipped-model.ts';

interface PredictOptions {
  model: string;
  json?: boolean;
}

type Outcome =
  | ({ file: string } & Omit<Prediction, 'durationSec'>)
  | { file: string; error: { code: string; message: string } };

/** `ser predict`: a line or a JSON entry a clip; a clip that fails costs no other its result. */
export function addPredictCommand(program: Command): void {
  program
    .command('predict')
    .description('Say which emotion each clip carries. Needs no TensorFlow.')
    .argument('<clips...>', 'WAV, FLAC, MP3, Ogg Vorbis or Opus files')
    .addOption(createModelOption('model.onnx to use'))
    .option('--json', 'print one JSON array with every probability')
    .addHelpText('after', '\nExample:\n  $ ser predict voice.wav\n  $ ser predict *.flac --json')
    .action(async (clips: string[], options: PredictOptions) => {
      const classifier = await createClassifier(options.model);
      try {
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
