import { createInterface } from 'node:readline/promises';
import { SerError } from '@ser/dsp-wasm';
import type { Command } from 'commander';

/** States what a download is and under which terms, and asks unless they were accepted beforehand. */
export async function askForLicence(
  command: Command,
  { terms, isAccepted }: { terms: readonly string[]; isAccepted: boolean },
): Promise<void> {
  process.stderr.write(`${terms.join('\n')}\n`);
  if (isAccepted) return;
  if (!process.stdin.isTTY) {
    command.error('error: nobody is there to accept the licence: give --accept-licence');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Accept the licence and download? [y/N] ');
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new SerError('ABORTED', 'The licence was not accepted; nothing was downloaded.');
  }
}
