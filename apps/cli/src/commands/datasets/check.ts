import type { DatasetCheck } from '@ser/trainer';
import type { Command } from 'commander';
import { abortOnInterrupt } from '../../abort-on-interrupt.ts';
import { formatFinding } from '../../format-finding.ts';
import { formatTable } from '../../format-table.ts';
import { Progress } from '../../progress.ts';
import { asUsage, exitCodes } from '../../report-failure.ts';

/** Names of files that are printed of each kind; JSON has all. */
const shownFiles = 5;

/** `ser datasets check`: what a training would find in a folder, before it costs an hour. */
export function addCheckCommand(datasets: Command): void {
  datasets
    .command('check')
    .description('Count clips, labels and speakers, and find what would spoil a training.')
    .argument('<folders...>', 'corpora, as for `ser train --data`')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 where something would cost the training: see the errors.\n\nExample:\n  $ ser datasets check data/ravdess',
    )
    .action(async (folders: string[], { json }: { json?: boolean }, command: Command) => {
      const { checkDataset } = await import('@ser/trainer');
      const progress = new Progress();
      const check = await asUsage(command, () =>
        abortOnInterrupt((signal) =>
          checkDataset(folders, {
            onProgress: (done, total) => progress.update('Clips', done, total),
            signal,
          }),
        ),
      ).finally(() => progress.stop());
      process.stdout.write(json ? `${JSON.stringify(check, null, 2)}\n` : formatCheck(check));
      if (check.findings.some(({ severity }) => severity === 'error')) {
        process.exitCode = exitCodes.failure;
      }
    });
}

function formatCheck({ clips, corpora, labels, speakers, ...check }: DatasetCheck): string {
  const { totalSec, shortestSec, medianSec, longestSec } = check.durations;
  const [shortest, median, longest] = [shortestSec, medianSec, longestSec].map((sec) =>
    sec.toFixed(1),
  );
  const facts = [
    `${clips} clips, ${(totalSec / 60).toFixed(1)} minutes; each ${shortest} to ${longest} s, half of them up to ${median} s`,
    `Corpora: ${corpora.map(({ name, licence }) => `${name} (${licence})`).join(', ')}`,
    ...check.layouts.map(
      ({ directory, layout, reason }) => `Read as: ${directory}: ${layout}, since ${reason}`,
    ),
    `Rates: ${check.rates.map((rate) => `${rate.sampleRateHz} Hz (${rate.clips})`).join(', ')}`,
    `Speakers: ${speakers.length}${speakers.length > 0 ? `, with ${listRange(speakers)} clips each` : ''}`,
  ];
  const table = formatTable([
    ['label', 'clips', 'speakers'],
    ...labels.map((row) => [row.label, String(row.clips), String(row.speakers)]),
  ]);
  const findings = check.findings.map(
    (finding) => `${formatFinding(finding)}\n${listFiles(finding.files)}`,
  );
  return `${facts.join('\n')}\n\n${table}${listSkipped(check.skipped)}\n${findings.join('')}${summarise(check.findings)}\n`;
}

function listSkipped(skipped: DatasetCheck['skipped']): string {
  if (skipped.length === 0) return '';
  const lines = skipped.slice(0, shownFiles).map(({ path, reason }) => `  ${path}: ${reason}\n`);
  return `\nLeft out: ${skipped.length}\n${lines.join('')}${more(skipped.length)}`;
}

function listFiles(files: readonly string[]): string {
  return files
    .slice(0, shownFiles)
    .map((file) => `  ${file}\n`)
    .join('')
    .concat(more(files.length));
}

function more(count: number): string {
  return count > shownFiles ? `  … and ${count - shownFiles} more; --json lists all\n` : '';
}

function listRange(speakers: DatasetCheck['speakers']): string {
  const counts = speakers.map(({ clips }) => clips);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function summarise(findings: DatasetCheck['findings']): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return 'Nothing stands in the way of a training.';
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
