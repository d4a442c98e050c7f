import type { Finding } from '@ser/trainer';
import { type Command, Option } from 'commander';
import { abortOnInterrupt } from '../../abort-on-interrupt.ts';
import { formatFinding } from '../../format-finding.ts';
import { parseWhole } from '../../parse-number.ts';
import { Progress } from '../../progress.ts';
import { type TestedProtocol, testedProtocols } from '../../protocol-choices.ts';
import { asUsage } from '../../report-failure.ts';

/** Findings about files that a split cannot name. */
const leftOut: readonly Finding['code'][] = [
  ...(['conflicting-twins', 'twins', 'foreign-names', 'folder-labels'] as const),
  ...(['unread-formats', 'unlistable'] as const),
];

interface SplitOptions {
  protocol: TestedProtocol;
  seed: number;
  fold?: number;
  folds?: number;
  out: string;
  json?: boolean;
}

/** `ser datasets split`: who is trained on, validated on and tested on, as a file. */
export function addSplitCommand(datasets: Command): void {
  datasets
    .command('split')
    .description('Divide clips by a protocol and write the split for `ser train --split`.')
    .argument('<folders...>', 'corpora, as for `ser train --data`')
    .addOption(
      new Option('--protocol <name>', 'how clips are divided')
        .default('speaker-kfold')
        .choices(testedProtocols),
    )
    .option('--fold <n>', 'fold of the protocol, from 0', parseWhole(0))
    .option('--folds <n>', 'how many speaker-kfold makes (default: 5)', parseWhole(2))
    .option('--seed <n>', 'decides every random choice', parseWhole(0), 0)
    .option('--out <file>', 'file to write', 'split.json')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ ser datasets split data/ravdess --protocol ravdess-5fold --fold 0 --out split.json\n  $ ser train --data data/ravdess --split split.json',
    )
    .action(async (folders: string[], options: SplitOptions, command: Command) => {
      const { protocol, seed, fold, folds, out } = options;
      const { findProblems, readDataset, splitDataset, writeSplitFile } = await import(
        '@ser/trainer'
      );
      const progress = new Progress();
      const dataset = await asUsage(command, () =>
        abortOnInterrupt((signal) =>
          readDataset(folders, {
            onProgress: (done, total) => progress.update('Clips', done, total),
            signal,
          }),
        ),
      ).finally(() => progress.stop());
      const split = await asUsage(command, () =>
        splitDataset(dataset, {
          ...{ protocol, seed },
          ...(fold !== undefined && { fold }),
          ...(folds !== undefined && { folds }),
        }),
      );
      for (const finding of findProblems(dataset)) {
        if (leftOut.includes(finding.code)) process.stderr.write(`${formatFinding(finding)}\n`);
      }
      await writeSplitFile(out, split);
      const counts = {
        train: split.train.length,
        validation: split.validation.length,
        test: split.test.length,
      };
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ out, protocol, seed, fold: split.fold, ...counts })}\n`
          : `${out}: ${counts.train} clips to train, ${counts.validation} to validate, ${counts.test} to test\n`,
      );
    });
}
