import type { Command } from 'commander';
import { asUsage } from '../report-failure.ts';

/** `ser calibrate`: makes a run's confidences those that a cross-validation found to be right. */
export function addCalibrateCommand(program: Command): void {
  program
    .command('calibrate')
    .description('Fit how sure a run is to a cross-validation, and write its model anew.')
    .requiredOption('--run <folder>', 'run folder that `ser train` wrote')
    .requiredOption(
      '--cross-validation <folder>',
      'what `ser cross-validate` wrote, with the same recipe and corpora',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ ser calibrate --run runs/reference-ravdess-5fold/seed-0-fold-0 --cross-validation runs/reference-ravdess-5fold',
    )
    .action(async (options: { run: string; crossValidation: string }, command: Command) => {
      const { calibrate } = await import('@ser/trainer');
      const summary = await asUsage(command, () => calibrate(options.run, options.crossValidation));
      const { temperature, windowTemperature, foldCalibration, evaluations } = summary;
      const { folds, speakers, evaluation, windows } = foldCalibration!;
      const { test } = evaluations;
      const lines = [
        `Temperature ${temperature!.toFixed(3)}, fitted to ${evaluation.n} clips of ${speakers.length} speakers in ${folds} folds.`,
        `Calibration error ${evaluation.ece.toFixed(3)} on them, each fold at the temperature of the others.`,
        ...(windows
          ? [
              `Windows of 3 s: temperature ${windowTemperature!.toFixed(3)}, calibration error ${windows.ece.toFixed(3)}.`,
            ]
          : []),
        ...(test ? [`${test.ece.toFixed(3)} on the ${test.n} test clips of the run.`] : []),
      ];
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
}
