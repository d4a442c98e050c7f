import type { Command } from 'commander';

/** `ser results`: a Markdown page of scores, made from finished runs and cross-validations. */
export function addResultsCommand(program: Command): void {
  program
    .command('results')
    .description('Write a page of scores from finished runs.')
    .argument('[runs...]', 'folders of runs or cross-validations to add; those added before stay')
    .option('--out <file.md>', 'page to write; its data go to a folder of its name', 'results.md')
    .addHelpText('after', '\nExample:\n  $ ser results runs/* --out docs/results.md')
    .action(async (runs: string[], { out }: { out: string }) => {
      const { writeResultsPage } = await import('@ser/trainer');
      await writeResultsPage(out, runs);
      process.stdout.write(`${out}\n`);
    });
}
