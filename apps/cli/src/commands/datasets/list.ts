import type { KnownCorpus } from '@ser/trainer';
import type { Command } from 'commander';
import { formatTable } from '../../format-table.ts';
import { paint } from '../../terminal-style.ts';

/** `ser datasets list`: the published corpora that the project reads. */
export function addListCommand(datasets: Command): void {
  datasets
    .command('list')
    .description('List published corpora with licence, size, labels, speakers and citation.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  $ ser datasets list')
    .action(async ({ json }: { json?: boolean }) => {
      const { knownCorpora } = await import('@ser/trainer');
      const corpora: KnownCorpus[] = Object.values(knownCorpora);
      const text = json ? `${JSON.stringify(corpora, null, 2)}\n` : formatCorpora(corpora);
      process.stdout.write(text);
    });
}

function formatCorpora(corpora: readonly KnownCorpus[]): string {
  const table = formatTable([
    ['name', 'clips', 'speakers', 'MB', 'licence', 'language'],
    ...corpora.map(({ name, clips, speakers, megabytes, licence, language }) =>
      [name, clips, speakers, megabytes, licence, language].map(String),
    ),
  ]);
  const details = corpora.map(
    ({ name, title, labels, citation, url }) =>
      `${paint(process.stdout, 'bold', name)}: ${title}\n  labels: ${labels.join(', ')}\n  ${citation}\n  ${url}\n`,
  );
  return `${table}\n${details.join('\n')}\nAll are acted speech. Get one with: ser datasets download <name>\n`;
}
