import type { Command } from 'commander';
import { addCheckCommand } from './datasets/check.ts';
import { addDownloadCommand } from './datasets/download.ts';
import { addListCommand } from './datasets/list.ts';
import { addSplitCommand } from './datasets/split.ts';

/** `ser datasets`: corpora to train on: which there are, how to get them, what is in them. */
export function addDatasetsCommand(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('List, download, check and split corpora of emotional speech.')
    .addHelpText('after', '\nExample:\n  $ ser datasets check recordings/');
  addListCommand(datasets);
  addDownloadCommand(datasets);
  addCheckCommand(datasets);
  addSplitCommand(datasets);
}
