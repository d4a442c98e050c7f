import { readFile, writeFile } from 'node:fs/promises';
import { createFrontEnd, loadClip, resolveFeatureConfig, SerError } from '@ser/runtime';
import type { Command } from 'commander';
import { encodeNpy } from '../npy.ts';

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
    .option('--trim <dB>', 'cut leading and trailing silence below this level', Number)
    .addHelpText('after', '\nExample:\n  $ ser features voice.wav --out voice.npy')
    .action(async (file: string, options: FeaturesOptions) => {
      const features = resolveFeatureConfig(options.config ? await readJson(options.config) : {});
      const trim =
        options.trim === undefined
          ? null
          : { topDb: options.trim, frameLength: 2048, hopLength: 512 };
      const frontEnd = await createFrontEnd({ kind: 'features', features, trim });
      const matrix = frontEnd.process(await loadClip(file));
      await writeFile(options.out, encodeNpy(matrix.data, [matrix.frames, matrix.features]));
      process.stdout.write(
        `${options.out}: ${matrix.frames} frames, ${matrix.features} features\n`,
      );
    });
}

async function readJson(path: string): Promise<object> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new SerError('FILE_NOT_FOUND', `${path} cannot be read.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SerError('INVALID_ARGUMENT', `${path} is not JSON.`, { cause });
  }
}
