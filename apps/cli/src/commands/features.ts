import { readFile, writeFile } from 'node:fs/promises';
import {
  createFrontEnd,
  type FeatureConfig,
  type FeatureConfigInput,
  loadClip,
  resolveFeatureConfig,
  SerError,
} from '@ser/runtime';
import type { Command } from 'commander';
import { encodeNpy } from '../npy.ts';
import { parsePositive } from '../parse-number.ts';

interface FeaturesOptions {
  out: string;
  config?: string;
  trim?: number;
}

/** `ser features`: the feature matrix of a clip as a NumPy file. */
export function addFeaturesCommand(program: Command): void {
  program
    .command('features')
    .description('Compute MFCC, chroma, mel spectrogram and spectral contrast of a clip.')
    .argument('<clip>', 'WAV, FLAC, MP3, Ogg Vorbis or Opus file')
    .requiredOption('--out <file.npy>', 'file to write: float32 [frames, features]')
    .option('--config <file.json>', "feature settings; missing ones are librosa's defaults")
    .option('--trim <dB>', 'cut leading and trailing silence below this level', parsePositive)
    .addHelpText('after', '\nExample:\n  $ ser features voice.wav --out voice.npy')
    .action(async (file: string, options: FeaturesOptions) => {
      const features = options.config
        ? await inFile(options.config, readFeatureConfig)
        : resolveFeatureConfig();
      const trim =
        options.trim === undefined
          ? null
          : { topDb: options.trim, frameLength: 2048, hopLength: 512 };
      const frontEnd = await createFrontEnd({ kind: 'features', features, trim });
      const clip = await loadClip(file);
      const matrix = await inFile(file, () => frontEnd.process(clip));
      const npy = encodeNpy(matrix.data, [matrix.frames, matrix.features]);
      await writeFile(options.out, npy).catch((cause: Error) => {
        const message = `${options.out} cannot be written: ${cause.message}.`;
        throw new SerError('FILE_UNWRITABLE', message, { cause });
      });
      process.stdout.write(
        `${options.out}: ${matrix.frames} frames, ${matrix.features} features\n`,
      );
    });
}

/** Puts the file's name in front of what is wrong with its content. */
async function inFile<T>(path: string, task: (path: string) => T | Promise<T>): Promise<T> {
  try {
    return await task(path);
  } catch (error) {
    if (!(error instanceof SerError)) throw error;
    throw new SerError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

async function readFeatureConfig(path: string): Promise<FeatureConfig> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new SerError('FILE_NOT_FOUND', `The file cannot be read: ${cause.message}.`, { cause });
  });
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (cause) {
    throw new SerError('INVALID_ARGUMENT', 'The feature settings are not JSON.', { cause });
  }
  return resolveFeatureConfig(settings as FeatureConfigInput);
}
