import type { Command } from 'commander';

/** `ser experiments`: a Markdown page of variants against their baselines. */
export function addExperimentsCommand(program: Command): void {
  program
    .command('experiments')
    .description('Write a page that compares cross-validations.')
    .argument('[runs...]', 'folders of cross-validations to add; those added before stay')
    .option(
      '--out <file.md>',
      'page to write; its list, experiments.json, lies in a folder of its name',
      'experiments.md',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ ser experiments runs/reference-* --out docs/experiments.md',
    )
    .action(async (runs: string[], { out }: { out: string }) => {
      const { writeExperimentsPage } = await import('@ser/trainer');
      await writeExperimentsPage(out, runs);
      process.stdout.write(`${out}\n`);
    });
}
