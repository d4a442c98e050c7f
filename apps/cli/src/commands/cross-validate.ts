import { join } from 'node:path';
import type { CrossValidateEvent, CrossValidation } from '@ser/trainer';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { formatCrossValidation } from '../format-cross-validation.ts';
import { parseWhole } from '../parse-number.ts';
import { Progress } from '../progress.ts';
import { type TestedProtocol, testedProtocols } from '../protocol-choices.ts';
import { asUsage } from '../report-failure.ts';
import { formatDataset } from '../training-log.ts';

interface CrossValidateCommandOptions {
  data: string[];
  recipe: string;
  protocol: TestedProtocol;
  folds?: number;
  init?: string;
  seeds: number[];
  out?: string;
  jobs?: number;
  json?: boolean;
}

/** `ser cross-validate`: every fold of a protocol, with several seeds, into one results file. */
export function addCrossValidateCommand(program: Command): void {
  program
    .command('cross-validate')
    .description('Train and test every fold of a protocol; the same call goes on after a stop.')
    .requiredOption('--data <folders...>', 'corpora, as for `ser train`')
    .option('--recipe <name>', 'recipe that comes with the project, or a .json file', 'reference')
    .addOption(
      new Option('--protocol <name>', 'how clips are divided')
        .default('ravdess-5fold')
        .choices(testedProtocols),
    )
    .option('--folds <n>', 'how many speaker-kfold makes (default: 5)', parseWhole(2))
    .option('--seeds <list>', 'every fold is run with each, such as 0,1,2', parseList, [0])
    .option('--init <run>', 'start from the weights of a finished run, which heard no test speaker')
    .option('--out <folder>', 'folder to write (default: runs/<recipe>-<protocol>)')
    .option('--jobs <n>', 'runs at the same time (default: the number of cores)', parseWhole(1))
    .option('--json', 'print one JSON event a line')
    .addHelpText(
      'after',
      '\nExample:\n  $ ser cross-validate --data data/ravdess --recipe reference --seeds 0,1,2',
    )
    .action(async (options: CrossValidateCommandOptions, command: Command) => {
      const { crossValidate, readRecipe } = await import('@ser/trainer');
      const { data, protocol, folds, seeds, jobs, init } = options;
      const recipe = await readRecipe(options.recipe);
      const outDirectory = options.out ?? join('runs', `${recipe.name}-${protocol}`);
      const progress = new Progress();
      const show = options.json ? printJson : (event: CrossValidateEvent) => print(progress, event);
      const result = await asUsage(command, () =>
        abortOnInterrupt((signal) =>
          crossValidate({
            ...{ data, recipe, protocol, seeds, outDirectory, signal },
            ...(folds !== undefined && { folds }),
            ...(jobs !== undefined && { jobs }),
            ...(init !== undefined && { init }),
            onEvent: show,
          }),
        ),
      ).finally(() => progress.stop());
      if (options.json) printJson({ type: 'finished', ...result });
      else printResult(result, join(outDirectory, 'results.json'));
    });
}

function print(progress: Progress, event: CrossValidateEvent): void {
  if (event.type === 'listening') {
    progress.update('Clips', event.done, event.total);
  } else if (event.type === 'features') {
    progress.update('Features', event.done, event.total);
  } else if (event.type === 'dataset') {
    progress.stop();
    process.stdout.write(`${formatDataset(event)}\n`);
  } else if (event.type === 'run') {
    progress.stop();
    process.stdout.write(`${event.name} ${event.state} (${event.done}/${event.total})\n`);
  } else {
    const { epoch, epochs, trainLoss, validationUar } = event.event;
    if (epoch % 10 !== 0 && epoch !== epochs) return;
    const measured =
      validationUar === null
        ? `train loss ${trainLoss.toFixed(4)}`
        : `validation UAR ${validationUar.toFixed(4)}`;
    process.stdout.write(`${event.name} epoch ${epoch}/${epochs}  ${measured}\n`);
  }
}

function printJson(event: CrossValidateEvent | ({ type: 'finished' } & CrossValidation)): void {
  if (event.type === 'features' || event.type === 'listening') return;
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function printResult(result: CrossValidation, path: string): void {
  process.stdout.write(`\n${formatCrossValidation(result)}\nResults: ${path}\n`);
}

function parseList(text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() === '' || !Number.isInteger(value) || value < 0) {
      throw new InvalidArgumentError('It must be whole numbers from 0, separated by commas.');
    }
    return value;
  });
}
