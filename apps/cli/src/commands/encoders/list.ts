import type { Command } from 'commander';
import type { InstalledEncoder } from '../../encoders/install-encoder.ts';
import type { EncoderSource } from '../../encoders/sources.ts';
import { formatTable } from '../../format-table.ts';

/** `ser encoders list`: the encoders that can be downloaded, and those that are installed. */
export function addListCommand(encoders: Command): void {
  encoders
    .command('list')
    .description('List encoders with size, licence, layers, width and languages.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  $ ser encoders list')
    .action(async ({ json }: { json?: boolean }) => {
      const { encoderSources } = await import('../../encoders/sources.ts');
      const { listInstalled } = await import('../../encoders/install-encoder.ts');
      const known = [...encoderSources.values()];
      const installed = await listInstalled();
      process.stdout.write(
        json
          ? `${JSON.stringify({ known, installed }, null, 2)}\n`
          : `${formatKnown(known)}\n${formatInstalled(installed)}`,
      );
    });
}

function formatKnown(sources: readonly EncoderSource[]): string {
  const table = formatTable([
    ['name', 'MB', 'licence', 'layers', 'width', 'languages'],
    ...sources.map(({ name, megabytes, licence, layers, width, languages }) =>
      [name, megabytes, licence, layers, width, languages.join(' ')].map(String),
    ),
  ]);
  return `${table}\nGet one with: ser encoders download <name>\n`;
}

function formatInstalled(encoders: readonly InstalledEncoder[]): string {
  if (encoders.length === 0) return 'None is installed.\n';
  const table = formatTable([
    ['installed', 'MB', 'licence', 'states', 'width', 'languages'],
    ...encoders.map(({ megabytes, manifest: { name, licence, layers, width, languages } }) =>
      [name, megabytes.toFixed(1), licence, layers.join(' '), width, languages.join(' ')].map(
        String,
      ),
    ),
  ]);
  return table;
}
