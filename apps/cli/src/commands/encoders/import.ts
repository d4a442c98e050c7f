import type { Command } from 'commander';
import { parseWhole, parseWholes } from '../../parse-number.ts';
import { asUsage } from '../../report-failure.ts';

interface ImportOptions {
  name: string;
  layers?: number;
  states?: number[];
  licence?: string;
  languages?: string;
  out?: string;
}

/** `ser encoders import`: weights that are at hand as an encoder file that recipes name. */
export function addImportCommand(encoders: Command): void {
  encoders
    .command('import')
    .description('Make an encoder of weights that you have.')
    .argument(
      '<path>',
      "folder of a Whisper of transformers or faster-whisper, its weights' file, or an ONNX export",
    )
    .requiredOption('--name <name>', 'what it is called from now on')
    .option('--layers <n>', 'layers to keep, from the first (default: all)', parseWhole(0))
    .option('--states <list>', 'hidden states to give, such as 1,2,3 (default: all)', parseWholes)
    .option('--licence <text>', 'licence of the weights')
    .option('--languages <list>', 'languages that it was trained on, such as en,de')
    .option('--out <folder>', "folder to write <name>.onnx to (default: the project's cache)")
    .addHelpText(
      'after',
      '\nExample:\n  $ ser encoders import faster-whisper-base/ --name whisper-base --licence MIT --layers 4',
    )
    .action(async (path: string, options: ImportOptions, command: Command) => {
      const { importFolder } = await import('../../encoders/importers.ts');
      const { installEncoder } = await import('../../encoders/install-encoder.ts');
      const { openFolder } = await import('../../encoders/open-folder.ts');
      const { out, languages, ...settings } = options;
      const bytes = await asUsage(command, async () =>
        importFolder(await openFolder(path), { ...settings, languages: languages?.split(',') }),
      );
      process.stdout.write(`${await installEncoder(bytes, out)}\n`);
    });
}
