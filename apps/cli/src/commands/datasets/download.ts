import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import type { KnownCorpusName } from '@ser/trainer';
import { Argument, type Command } from 'commander';
import { abortOnInterrupt } from '../../abort-on-interrupt.ts';
import { askForLicence } from '../../ask-for-licence.ts';
import type { CorpusSource } from '../../datasets/sources.ts';
import { Progress } from '../../progress.ts';

const corpusNames: readonly KnownCorpusName[] = ['ravdess', 'emodb', 'crema-d', 'tess'];

interface DownloadOptions {
  out?: string;
  mirror?: string;
  acceptLicence?: boolean;
}

/** `ser datasets download`: a published corpus into a folder that `ser train --data` reads. */
export function addDownloadCommand(datasets: Command): void {
  datasets
    .command('download')
    .description('Download a published corpus and unpack it; the same call goes on after a stop.')
    .addArgument(new Argument('<name>', 'corpus').choices(corpusNames))
    .option('--out <folder>', 'folder to make (default: data/<name>)')
    .option('--accept-licence', "accept the corpus's licence without being asked")
    .option('--mirror <url>', 'fetch the same archive from elsewhere; a known checksum still holds')
    .addHelpText('after', '\nExample:\n  $ ser datasets download ravdess')
    .action(async (name: KnownCorpusName, options: DownloadOptions, command: Command) => {
      const { corpusSources } = await import('../../datasets/sources.ts');
      const { fetchCorpus } = await import('../../datasets/fetch-corpus.ts');
      const { mirror, out = join('data', name) } = options;
      const source = { ...corpusSources[name], ...(mirror && { archiveUrl: mirror }) };
      const terms = await describeSource(source);
      await askForLicence(command, { terms, isAccepted: options.acceptLicence ?? false });
      const progress = new Progress();
      try {
        const clips = await abortOnInterrupt((signal) =>
          fetchCorpus(source, {
            ...{ out, signal },
            onProgress: (step, done, total) => progress.update(step, done, total),
          }),
        );
        progress.stop();
        process.stdout.write(`${out}: ${clips} clips\nTrain on them: ser train --data ${out}\n`);
      } catch (error) {
        progress.stop();
        if (!(error instanceof SerError) || error.code !== 'ABORTED') throw error;
        throw new SerError('ABORTED', `${error.message} The same command goes on.`);
      }
    });
}

async function describeSource({ name, checksum, archiveUrl }: CorpusSource): Promise<string[]> {
  const { knownCorpora } = await import('@ser/trainer');
  const { title, licence, citation, url } = knownCorpora[name];
  return [
    title,
    `  licence:  ${licence}, stated at ${url}`,
    `  cite:     ${citation}`,
    `  from:     ${archiveUrl}`,
    checksum
      ? `  checksum: ${checksum.algorithm} ${checksum.value}`
      : '  checksum: none is known; the first download is recorded',
  ];
}
