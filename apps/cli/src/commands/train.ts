import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import type { ProtocolName, Recipe, RunSettings, TrainResult } from '@ser/trainer';
import { type Command, Option } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { parseWhole } from '../parse-number.ts';
import { testedProtocols } from '../protocol-choices.ts';
import { asUsage } from '../report-failure.ts';
import { resolveModel } from '../shipped-model.ts';
import { SuggestingOption } from '../suggesting-option.ts';
import { toScores } from '../to-scores.ts';
import { TrainingLog } from '../training-log.ts';

interface TrainCommandOptions {
  data?: string[];
  recipe?: string;
  from?: string;
  out?: string;
  resume?: string;
  protocol: ProtocolName;
  seed: number;
  fold?: number;
  folds?: number;
  split?: string;
  init?: string;
  epochs?: number;
  batchSize?: number;
  json?: boolean;
}

/** `ser train`: from a folder of labelled clips to a model with its report. */
export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('Train a model on a corpus, report its scores and export it as ONNX.')
    .option('--data <folders...>', 'RAVDESS, EMO-DB, CREMA-D, TESS, or one folder a label')
    .option(
      '--recipe <name>',
      'recipe that comes with the project, or a .json file (default: reference; with --from: encoder)',
    )
    .addOption(
      new SuggestingOption(
        '--from <model>',
        'take the encoder of a model (default, or a file), or an encoder file, and train a head',
      )
        .suggest(['default'])
        .argParser(resolveModel),
    )
    .option('--out <folder>', 'run folder to write (default: runs/<recipe>-<time>)')
    .addOption(
      new Option(
        '--resume <folder>',
        'go on with a run that was stopped, as it was begun',
      ).conflicts(['data', 'from', 'out', 'fold', 'folds', 'split', 'init', 'epochs', 'batchSize']),
    )
    .addOption(
      new Option('--protocol <name>', 'how clips are divided')
        .default('random')
        .choices([...testedProtocols, 'all']),
    )
    .option('--fold <n>', 'fold of the protocol, from 0', parseWhole(0))
    .option('--folds <n>', 'how many speaker-kfold makes (default: 5)', parseWhole(2))
    .addOption(
      new Option(
        '--split <file>',
        'divide clips as a file says (`ser datasets split`), by no protocol',
      ).conflicts(['protocol', 'fold', 'folds']),
    )
    .option('--init <run>', 'start from the weights of a finished run, which heard no test speaker')
    .option('--seed <n>', 'decides every random choice', parseWhole(0), 0)
    .option('--epochs <n>', "epochs in all, instead of the recipe's", parseWhole(1))
    .option('--batch-size <n>', "instead of the recipe's", parseWhole(1))
    .option('--json', 'print one JSON event a line')
    .addHelpText('after', '\nExample:\n  $ ser train --data data/ravdess --epochs 40')
    .action(async (options: TrainCommandOptions, command: Command) => {
      if (!options.resume && !options.data) {
        command.error("error: required option '--data <folders...>' not specified");
      }
      const trainer = await import('@ser/trainer');
      const { directory, settings } = options.resume
        ? { directory: options.resume, settings: await trainer.readRunSettings(options.resume) }
        : describeRun(options, await readOwnRecipe(options, trainer));
      const log = new TrainingLog({ json: options.json ?? false });
      try {
        const result = await asUsage(command, () =>
          abortOnInterrupt((signal) =>
            trainer.train({
              settings,
              outDirectory: directory,
              onEvent: (event) => log.show(event),
              signal,
            }),
          ),
        );
        log.stop();
        printResult(result, directory, options.json ?? false, trainer);
      } catch (error) {
        log.stop();
        if (error instanceof SerError && error.code === 'ABORTED') {
          throw new SerError(
            'ABORTED',
            `${error.message} Go on with: ser train --resume ${directory}`,
          );
        }
        throw error;
      }
    });
}

async function readOwnRecipe(
  { recipe: name, from, epochs, batchSize }: TrainCommandOptions,
  { readRecipe, setBatchSize, setEncoder, setEpochs }: typeof import('@ser/trainer'),
): Promise<Recipe> {
  const recipe = await readRecipe(name ?? (from === undefined ? 'reference' : 'encoder'));
  const based = from === undefined ? recipe : setEncoder(recipe, from);
  const own = epochs === undefined ? based : setEpochs(based, epochs);
  return batchSize === undefined ? own : setBatchSize(own, batchSize);
}

function describeRun(
  options: TrainCommandOptions,
  recipe: Recipe,
): { directory: string; settings: RunSettings } {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return {
    directory: options.out ?? join('runs', `${recipe.name}-${time}`),
    settings: {
      data: options.data ?? [],
      recipe,
      protocol: options.split === undefined ? options.protocol : 'file',
      seed: options.seed,
      fold: options.fold ?? null,
      ...(options.folds !== undefined && { folds: options.folds }),
      splitFile: options.split ?? null,
      ...(options.init !== undefined && { init: options.init }),
    },
  };
}

function printResult(
  { summary, modelPath }: TrainResult,
  directory: string,
  json: boolean,
  trainer: typeof import('@ser/trainer'),
): void {
  const { test } = summary.evaluations;
  const adapted = trainer.scoreAdapted(summary);
  if (json) {
    const { bestEpoch } = summary;
    const scores = {
      ...(test && { test: toScores(test) }),
      ...(adapted && { adapted: toScores(adapted) }),
    };
    process.stdout.write(
      `${JSON.stringify({ type: 'finished', directory, modelPath, bestEpoch, ...scores })}\n`,
    );
    return;
  }
  process.stdout.write(
    test
      ? `\nTest clips, weights of epoch ${summary.bestEpoch}:\n\n${trainer.formatClassificationReport(test)}\n`
      : '\nEvery clip was trained on, and none is left to test: `ser calibrate` sets how sure the model is.\n',
  );
  if (adapted) {
    process.stdout.write(
      `Adapted to each test speaker by clips without labels (ser adapt): UAR ${(100 * adapted.uar).toFixed(1)} %\n\n`,
    );
  }
  process.stdout.write(`Report: ${join(directory, 'report.html')}\nModel:  ${modelPath}\n`);
}
