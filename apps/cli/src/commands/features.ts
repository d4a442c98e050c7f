import { readFile, writeFile } from 'node:fs/promises';
import { loadDsp } from '@ser/dsp-wasm';
import {
  type AudioClip,
  createFrontEnd,
  decodeText,
  type FeatureConfig,
  type FeatureConfigInput,
  type FeatureMatrix,
  loadClip,
  resolveFeatureConfig,
  SerError,
} from '@ser/runtime';
import type { Command } from 'commander';
import { addFeatureFlags, applyFeatureFlags } from '../feature-flags.ts';
import { encodeMatrix } from '../matrix-file.ts';
import { parsePositive } from '../parse-number.ts';
import { createFeaturePanels, createSpectrogramPanel } from '../pictures/panel.ts';
import { asUsage } from '../report-failure.ts';

interface FeaturesOptions {
  out?: string;
  png?: string;
  svg?: string;
  config?: string;
  trim?: number;
}

/** `ser features`: the feature matrix of a clip as a file or a picture. */
export function addFeaturesCommand(program: Command): void {
  const command = program
    .command('features')
    .description('Compute MFCC, chroma, mel spectrogram, spectral contrast and more of a clip.')
    .argument('<clip>', 'WAV, FLAC, MP3, Ogg Vorbis or Opus file')
    .option('--out <file>', '.npy (float32 [frames, features]), .csv or .json file to write')
    .option('--png <file>', 'picture to write: spectrogram and every feature set')
    .option('--svg <file>', 'the same as SVG')
    .option('--config <file.json>', "feature settings; missing ones are librosa's defaults")
    .option('--trim <dB>', 'cut leading and trailing silence below this level', parsePositive)
    .addHelpText(
      'after',
      '\nExample:\n  $ ser features voice.wav --out voice.npy\n  $ ser features voice.wav --png voice.png --sets mel,f0 --mel-bands 64',
    );
  addFeatureFlags(command);
  command.action(async (file: string, options: FeaturesOptions) => {
    const { out, png, svg } = options;
    if (!out && !png && !svg) {
      command.error('error: nothing to write: give --out, --png or --svg');
    }
    const base = options.config ? await inFile(options.config, readFeatureConfig) : {};
    const config = await asUsage(command, () =>
      resolveFeatureConfig(applyFeatureFlags({ ...options }, base)),
    );
    const clip = await loadClip(file);
    const computed = await inFile(file, () => computeFeatures(clip, config, options.trim));
    const { matrix, names } = computed;
    if (out) {
      const frameTimesSec = listFrameTimes(matrix.frames, config);
      const content = await asUsage(command, () =>
        encodeMatrix(out, { ...matrix, names, frameTimesSec }),
      );
      await writeOutput(out, content);
      process.stdout.write(`${out}: ${matrix.frames} frames, ${matrix.features} features\n`);
    }
    if (!png && !svg) return;
    const { drawSheet } = await import('../pictures/draw-sheet.ts');
    const panels = [
      createSpectrogramPanel(computed.spectrogram, config),
      ...createFeaturePanels(matrix, names, config),
    ];
    for (const [path, format] of [
      [png, 'png'],
      [svg, 'svg'],
    ] as const) {
      if (!path) continue;
      await writeOutput(path, drawSheet(panels, computed.durationSec, format));
      process.stdout.write(`${path}\n`);
    }
  });
}

interface ComputedFeatures {
  matrix: FeatureMatrix;
  names: readonly string[];
  /** Power spectrogram of the same frames. */
  spectrogram: FeatureMatrix;
  durationSec: number;
}

async function computeFeatures(
  clip: AudioClip,
  features: FeatureConfig,
  trimDb: number | undefined,
): Promise<ComputedFeatures> {
  const trim = trimDb === undefined ? null : { topDb: trimDb, frameLength: 2048, hopLength: 512 };
  const frontEnd = await createFrontEnd({ kind: 'features', features, trim });
  const samples = frontEnd.prepare(clip);
  const dsp = await loadDsp();
  const { fftLength, winLength, hopLength, window, center, padMode, dropLastFrame } = features;
  const spectrogram = dsp.createSpectrogram({
    ...{ fftLength, winLength, hopLength, window, center, padMode, dropLastFrame },
  });
  return {
    matrix: frontEnd.process(clip),
    names: frontEnd.featureNames,
    spectrogram: spectrogram.compute(samples),
    durationSec: samples.length / features.sampleRateHz,
  };
}

function listFrameTimes(frames: number, { hopLength, sampleRateHz }: FeatureConfig): number[] {
  return Array.from({ length: frames }, (_, frame) => (frame * hopLength) / sampleRateHz);
}

async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content).catch((cause: Error) => {
    const message = `${path} cannot be written: ${cause.message}.`;
    throw new SerError('FILE_UNWRITABLE', message, { cause });
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

async function readFeatureConfig(path: string): Promise<FeatureConfigInput> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new SerError('FILE_NOT_FOUND', `The file cannot be read: ${cause.message}.`, { cause });
  });
  let settings: unknown;
  try {
    settings = JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw new SerError('INVALID_ARGUMENT', 'The feature settings are not JSON.', { cause });
  }
  resolveFeatureConfig(settings as FeatureConfigInput);
  return settings as FeatureConfigInput;
}
