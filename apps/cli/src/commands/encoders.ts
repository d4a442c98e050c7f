import type { Command } from 'commander';
import { addCheckCommand } from './encoders/check.ts';
import { addDownloadCommand } from './encoders/download.ts';
import { addImportCommand } from './encoders/import.ts';
import { addListCommand } from './encoders/list.ts';

/** `ser encoders`: pretrained encoders to train on: which there are, how to get and to check them. */
export function addEncodersCommand(program: Command): void {
  const encoders = program
    .command('encoders')
    .description('List, download, import and check pretrained encoders of speech.')
    .addHelpText('after', '\nExample:\n  $ ser encoders list');
  addListCommand(encoders);
  addDownloadCommand(encoders);
  addImportCommand(encoders);
  addCheckCommand(encoders);
}
