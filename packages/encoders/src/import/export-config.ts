import { type FrontEndConfig, parseFrontEnd } from '@ser/runtime/core';
import { z } from 'zod';
import { invalid, readJson } from './export-files.ts';
import type { WeightsFolder } from './weights-folder.ts';

const count = z.int().positive().max(100_000);
const countsSchema = z.array(count).min(1).max(20);

const configSchema = z.object({
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  problem_type: z.string().nullish(),
  num_labels: z.int().nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
  add_adapter: z.boolean().nullish(),
  do_stable_layer_norm: z.boolean().nullish(),
  hidden_size: count.nullish(),
  num_hidden_layers: count.nullish(),
  encoder_num_hidden_layers: count.nullish(),
  conv_kernel: countsSchema.nullish(),
  conv_stride: countsSchema.nullish(),
  d_model: count.nullish(),
  encoder_layers: count.nullish(),
  max_source_positions: count.nullish(),
  num_mel_bins: count.nullish(),
});

const preprocessorSchema = z.object({
  feature_extractor_type: z.string().nullish(),
  sampling_rate: z.int(),
  do_normalize: z.boolean().nullish(),
  feature_size: z.int().nullish(),
  n_fft: z.int().nullish(),
  hop_length: z.int().nullish(),
  chunk_length: z.number().nullish(),
});

type Config = z.output<typeof configSchema>;
type Preprocessor = z.output<typeof preprocessorSchema>;

/** What the configuration of an export says, as far as an import hangs on it. */
export interface ExportConfig {
  family: string;
  width: number;
  /** Layers of the encoder. */
  layers: number;
  /** Whether layers normalise what enters them, so that a last norm stands behind them all. */
  isPreNorm: boolean;
  /** Hidden states a second. */
  frameRateHz: number;
  /** Rows of features that the network takes at most; absent: any number. */
  maxFrames?: number;
  frontEnd: FrontEndConfig;
  config: Config;
}

interface Shape {
  width: number | null | undefined;
  layers: number | null | undefined;
  isPreNorm: boolean;
  kernels: readonly number[] | null | undefined;
  strides: readonly number[] | null | undefined;
}

const describeWav2vec = (config: Config): Shape => ({
  width: config.hidden_size,
  layers: config.num_hidden_layers,
  isPreNorm: config.do_stable_layer_norm ?? false,
  kernels: config.conv_kernel,
  strides: config.conv_stride,
});

const describeMoonshine = (config: Config): Shape => ({
  width: config.hidden_size,
  layers: config.encoder_num_hidden_layers,
  isPreNorm: true,
  kernels: [127, 7, 3],
  strides: [64, 3, 2],
});

/** Families whose encoders take the waveform. */
const waveformFamilies: Readonly<Record<string, (config: Config) => Shape>> = {
  wav2vec2: describeWav2vec,
  hubert: describeWav2vec,
  wavlm: describeWav2vec,
  'data2vec-audio': describeWav2vec,
  unispeech: describeWav2vec,
  'unispeech-sat': describeWav2vec,
  moonshine: describeMoonshine,
};

/** Families that can be imported. */
export const importedFamilies: readonly string[] = [...Object.keys(waveformFamilies), 'whisper'];

/**
 * Reads config.json and preprocessor_config.json of an export.
 *
 * @param options.doNormalize overrides what preprocessor_config.json says of it
 * @throws SerError `MODEL_INVALID` naming the file and what is missing or cannot be imported.
 */
export async function readExportConfig(
  folder: WeightsFolder,
  { doNormalize }: { doNormalize?: boolean | undefined } = {},
): Promise<ExportConfig> {
  const config = await readSettings(folder, 'config.json', configSchema);
  const preprocessor = await readSettings(folder, 'preprocessor_config.json', preprocessorSchema);
  const family = config.model_type;
  const normalise = doNormalize ?? preprocessor.do_normalize;
  if (family === 'whisper') return describeWhisper(folder, config, { preprocessor, normalise });
  if (!Object.hasOwn(waveformFamilies, family)) {
    throw invalid(
      folder,
      `is of the family ${family} (config.json); ${importedFamilies.join(', ')} can be imported`,
    );
  }
  const { width, layers, kernels, strides, isPreNorm } = waveformFamilies[family]!(config);
  if (!width || !layers || !kernels || !strides || kernels.length !== strides.length) {
    throw invalid(folder, 'has a config.json without the sizes of its layers or convolutions');
  }
  if (config.add_adapter) {
    throw invalid(
      folder,
      'has an adapter behind its encoder (config.json), which is not supported',
    );
  }
  expectExtractor(folder, preprocessor, 'Wav2Vec2FeatureExtractor');
  const sampleRateHz = preprocessor.sampling_rate;
  return {
    ...{ family, width, layers, isPreNorm, config },
    frameRateHz: sampleRateHz / multiply(strides),
    frontEnd: parseFrontEnd({
      kind: 'waveform',
      sampleRateHz,
      // What a Wav2Vec2FeatureExtractor does where its file does not say.
      normalise: normalise ?? true,
      trim: null,
      // Shorter clips give no frame at all.
      padToSec: measureField(kernels, strides) / sampleRateHz,
    }),
  };
}

function describeWhisper(
  folder: WeightsFolder,
  config: Config,
  extractor: { preprocessor: Preprocessor; normalise: boolean | null | undefined },
): ExportConfig {
  const { preprocessor, normalise } = extractor;
  const { d_model: width, encoder_layers: layers, num_mel_bins: bands = 80 } = config;
  if (!width || !layers || !bands) {
    throw invalid(folder, 'has a config.json without the sizes of its layers');
  }
  expectExtractor(folder, preprocessor, 'WhisperFeatureExtractor');
  const { sampling_rate, n_fft, hop_length, chunk_length, feature_size } = preprocessor;
  const isStandard =
    sampling_rate === 16000 &&
    (n_fft ?? 400) === 400 &&
    (hop_length ?? 160) === 160 &&
    (chunk_length ?? 30) === 30;
  if (!isStandard) {
    throw invalid(
      folder,
      "has a preprocessor_config.json with other settings than Whisper's 16000 Hz, n_fft 400, hop_length 160, chunk_length 30",
    );
  }
  if ((feature_size ?? 80) !== bands) {
    throw invalid(
      folder,
      `computes ${feature_size ?? 80} mel bands (preprocessor_config.json) for a network of ${bands} (config.json)`,
    );
  }
  return {
    ...{ family: 'whisper', width, layers, isPreNorm: true, config },
    frameRateHz: 50,
    // Its second convolution halves the frames.
    maxFrames: 2 * (config.max_source_positions ?? 1500),
    frontEnd: parseFrontEnd({
      kind: 'features',
      features: {
        sampleRateHz: 16000,
        fftLength: 400,
        hopLength: 160,
        padMode: 'reflect',
        dropLastFrame: true,
        sets: ['mel'],
        mel: { bands, fMaxHz: 8000, unit: 'whisper' },
      },
      trim: null,
      ...(normalise && { normalise }),
    }),
  };
}

function expectExtractor(folder: WeightsFolder, found: Preprocessor, expected: string): void {
  const type = found.feature_extractor_type ?? expected;
  if (type === expected) return;
  throw invalid(
    folder,
    `names the feature extractor ${type} (preprocessor_config.json); this family takes a ${expected}`,
  );
}

async function readSettings<Schema extends z.ZodType>(
  folder: WeightsFolder,
  file: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value = await readJson(folder, file);
  if (value === undefined) throw invalid(folder, `has no ${file}`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || '(root)';
  throw invalid(folder, `has a ${file} that is wrong at ${field}: ${issue?.message}`);
}

function multiply(factors: readonly number[]): number {
  return factors.reduce((product, factor) => product * factor, 1);
}

/** Samples that the first frame is computed from. */
function measureField(kernels: readonly number[], strides: readonly number[]): number {
  return kernels.reduce(
    (field, kernel, at) => field + (kernel - 1) * multiply(strides.slice(0, at)),
    1,
  );
}

/** Whether a folder is an export of an encoder as ONNX that {@link readExportConfig} may read. */
export function holdsExport({ files }: WeightsFolder): boolean {
  return files.includes('config.json') && files.some((file) => file.endsWith('.onnx'));
}
