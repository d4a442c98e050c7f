import { SerError } from '@ser/dsp-wasm';
import { Argument, type Command } from 'commander';
import { abortOnInterrupt } from '../../abort-on-interrupt.ts';
import { askForLicence } from '../../ask-for-licence.ts';
import { type EncoderSource, encoderSources } from '../../encoders/sources.ts';
import { parseWhole, parseWholes } from '../../parse-number.ts';
import { Progress } from '../../progress.ts';
import { asUsage } from '../../report-failure.ts';

interface DownloadOptions {
  layers?: number;
  states?: number[];
  out?: string;
  mirror?: string;
  acceptLicence?: boolean;
}

/** `ser encoders download`: published weights as an encoder file that recipes name. */
export function addDownloadCommand(encoders: Command): void {
  encoders
    .command('download')
    .description(
      'Download the weights of an encoder and install it; the same call goes on after a stop.',
    )
    .addArgument(new Argument('<name>', 'encoder').choices([...encoderSources.keys()]))
    .option('--layers <n>', 'layers to keep, from the first (default: all)', parseWhole(0))
    .option('--states <list>', 'hidden states to give, such as 1,2,3 (default: all)', parseWholes)
    .option('--out <folder>', "folder to write <name>.onnx to (default: the project's cache)")
    .option('--accept-licence', "accept the weights' licence without being asked")
    .option('--mirror <url>', 'fetch the same weights from elsewhere')
    .addHelpText(
      'after',
      '\nThe file is held to the SHA-256 and the length that the model hub states for it; a mirror that\nstates none is believed. What was fetched is noted in the encoder.\n\nExample:\n  $ ser encoders download whisper-tiny.en',
    )
    .action(async (name: string, options: DownloadOptions, command: Command) => {
      const { fetchEncoder } = await import('../../encoders/fetch-encoder.ts');
      const { installEncoder } = await import('../../encoders/install-encoder.ts');
      const { mirror, layers, states, out, acceptLicence = false } = options;
      const source = { ...encoderSources.get(name)!, ...(mirror && { url: mirror }) };
      await askForLicence(command, { terms: describe(source), isAccepted: acceptLicence });
      const progress = new Progress();
      try {
        const bytes = await asUsage(command, () =>
          abortOnInterrupt((signal) =>
            fetchEncoder(source, {
              ...{ layers, states, signal },
              onProgress: (done, total) => progress.update('Megabytes', done, total),
            }),
          ),
        );
        progress.stop();
        process.stdout.write(`${await installEncoder(bytes, out)}\n`);
      } catch (error) {
        progress.stop();
        if (!(error instanceof SerError) || error.code !== 'ABORTED') throw error;
        throw new SerError('ABORTED', `${error.message} The same command goes on.`);
      }
    });
}

function describe({ title, licence, licenceUrl, url, megabytes }: EncoderSource): string[] {
  return [
    title,
    `  licence:  ${licence}, stated at ${licenceUrl}`,
    `  from:     ${url}, ${megabytes} MB`,
    '  checksum: the SHA-256 that the hub states for the file',
  ];
}
