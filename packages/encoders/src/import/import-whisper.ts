import { decodeText } from '@ser/runtime/core';
import { refuseEncoder } from '../weights.ts';
import { buildWhisperEncoder, type WhisperOptions } from '../whisper/build-whisper.ts';
import {
  readWhisperModelBin,
  readWhisperSafetensors,
  type WhisperWeights,
} from '../whisper/whisper-weights.ts';
import type { WeightsFolder } from './weights-folder.ts';

const config = 'config.json';

/**
 * Whether the folder holds a Whisper's weights: `model.bin` of faster-whisper, or `model.safetensors`
 * of transformers, or one file of either kind alone.
 */
export async function holdsWhisper(folder: WeightsFolder): Promise<boolean> {
  if (findModelBin(folder)) return true;
  if (!findSafetensors(folder)) return false;
  const found = await readConfig(folder);
  return found === undefined || (found as { model_type?: unknown }).model_type === 'whisper';
}

/**
 * Makes an encoder file of a Whisper that is at hand as weights.
 *
 * @throws SerError as `buildWhisperEncoder`; `ENCODER_INVALID` for files of something else.
 *
 * @example
 * const bytes = await importWhisper(folder, { name, licence: 'MIT', languages: ['en'], source });
 */
export async function importWhisper(
  folder: WeightsFolder,
  options: WhisperOptions,
): Promise<Uint8Array> {
  return buildWhisperEncoder(await readWeights(folder), options);
}

async function readWeights(folder: WeightsFolder): Promise<WhisperWeights> {
  const modelBin = findModelBin(folder);
  if (modelBin) return readWhisperModelBin(await folder.read(modelBin));
  const file = findSafetensors(folder);
  if (!file) return refuseEncoder(`${folder.name} has no model.bin and no model.safetensors.`);
  return readWhisperSafetensors(await folder.read(file), await readConfig(folder));
}

function findModelBin({ files }: WeightsFolder): string | undefined {
  return files.find((file) => file === 'model.bin' || (files.length === 1 && /\.bin$/.test(file)));
}

function findSafetensors({ files }: WeightsFolder): string | undefined {
  const found = files.filter((file) => /^[^/]+\.safetensors$/.test(file));
  return found.length === 1 ? found[0] : found.find((file) => file === 'model.safetensors');
}

async function readConfig({ name, files, read }: WeightsFolder): Promise<unknown> {
  if (!files.includes(config)) return undefined;
  try {
    return JSON.parse(decodeText(await read(config))) ?? {};
  } catch (cause) {
    return refuseEncoder(`The ${config} of ${name} is not JSON.`, cause);
  }
}
