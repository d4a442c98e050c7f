import { Command } from 'commander';
import { addAdaptCommand } from './commands/adapt.ts';
import { addCalibrateCommand } from './commands/calibrate.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addCrossValidateCommand } from './commands/cross-validate.ts';
import { addDatasetsCommand } from './commands/datasets.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEncodersCommand } from './commands/encoders.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExperimentsCommand } from './commands/experiments.ts';
import { addExportOnnxCommand } from './commands/export-onnx.ts';
import { addFeaturesCommand } from './commands/features.ts';
import { addImportClassifierCommand } from './commands/import-classifier.ts';
import { addListenCommand } from './commands/listen.ts';
import { addPredictCommand } from './commands/predict.ts';
import { addResultsCommand } from './commands/results.ts';
import { addServeCommand } from './commands/serve.ts';
import { addTrainCommand } from './commands/train.ts';
import { version } from './version.ts';

/** Builds the `ser` program; nothing runs before its `parseAsync`. */
export function createProgram(): Command {
  const program = new Command('ser')
    .description('Speech emotion recognition: train, evaluate, export and predict.')
    .version(version)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'ser: ')),
    })
    .showHelpAfterError('(--help shows what is allowed)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 something could not be done, 2 wrong usage.\n\nExample:\n  $ ser predict voice.wav',
    );
  addPredictCommand(program);
  addListenCommand(program);
  addAdaptCommand(program);
  addTrainCommand(program);
  addCrossValidateCommand(program);
  addCalibrateCommand(program);
  addEvaluateCommand(program);
  addExportOnnxCommand(program);
  addImportClassifierCommand(program);
  addResultsCommand(program);
  addExperimentsCommand(program);
  addFeaturesCommand(program);
  addServeCommand(program);
  addDatasetsCommand(program);
  addEncodersCommand(program);
  addDemoCommand(program);
  addDoctorCommand(program);
  addCompletionCommand(program);
  inheritSettings(program);
  return program;
}

function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
