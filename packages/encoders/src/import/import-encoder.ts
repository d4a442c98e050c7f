import { SerError } from '@ser/dsp-wasm';
import { decodeModel, encodeModel, GraphBuilder, type OnnxModel, type OnnxValue } from '@ser/onnx';
import { encoderFrames, nameState } from '../compose-model.ts';
import { type EncoderManifest, encoderKey, readEncoderFile } from '../encoder-manifest.ts';
import { type ExportConfig, readExportConfig } from './export-config.ts';
import { chooseOnnxFile, nameFolder, readLicence } from './export-files.ts';
import { findState, findStateOutput, keepUpTo } from './find-states.ts';
import { adoptInputs, nameEncoder } from './foreign-graph.ts';
import { sortNodes } from './sort-nodes.ts';
import type { WeightsFolder } from './weights-folder.ts';

export interface ImportEncoderOptions {
  /** What the encoder is called from now on; small letters, digits, `.`, `_` and `-`. */
  name: string;
  /**
   * Hidden states that it shall give, as `transformers` numbers them; what only others hang on is
   * left out. Default: all.
   */
  layers?: readonly number[];
  /** Whether it gives the mean of `layers` instead, under the number of the last. Default false. */
  average?: boolean;
  /** The folder's ONNX file, such as `model_quantized.onnx`. Default: the one of float32. */
  file?: string;
  /**
   * Whether the waveform is brought to mean 0 and variance 1. Default: what the export says in
   * preprocessor_config.json.
   */
  doNormalize?: boolean;
  /** Licence of the weights. Default: what the folder's README.md says in its header. */
  licence?: string;
  /** Languages that it was trained on, as IETF tags. Default: not known. */
  languages?: readonly string[];
}

/**
 * Makes an encoder file of a network that optimum or transformers.js holds as ONNX: wav2vec 2.0,
 * HuBERT, WavLM, data2vec-audio, UniSpeech, Moonshine or Whisper, exported for feature extraction,
 * speech recognition or audio classification. Its graph takes one clip at a time: exports have no
 * mask.
 *
 * @returns bytes of the encoder file.
 * @throws SerError `MODEL_INVALID` saying what of the folder is missing or not supported;
 *   `INVALID_ARGUMENT` for layers that the network does not have, or a file that is not there;
 *   `ENCODER_INVALID` for a name of another form.
 *
 * @example
 * const bytes = await importEncoder(folder, { name: 'hubert-base', layers: [6, 9] });
 */
export async function importEncoder(
  folder: WeightsFolder,
  {
    name,
    layers,
    average = false,
    file,
    doNormalize,
    licence,
    languages = [],
  }: ImportEncoderOptions,
): Promise<Uint8Array> {
  const config = await readExportConfig(folder, { doNormalize });
  const chosen = checkLayers(layers, config);
  const onnxFile = chooseOnnxFile(folder, file);
  const foreign = sortNodes(decodeModel(await folder.read(onnxFile)));
  const opset = foreign.opsets[''] ?? 0;
  if (opset < 13) {
    throw new SerError(
      'MODEL_INVALID',
      `The file ${onnxFile} is of opset ${opset}; an encoder must be of 13 or later.`,
    );
  }
  const given = average ? chosen.slice(-1) : chosen;
  const manifest: EncoderManifest = {
    ...{ formatVersion: 1, name, family: config.family },
    licence: licence ?? (await readLicence(folder)) ?? 'not known',
    languages: [...languages],
    width: config.width,
    layers: given,
    frameRateHz: config.frameRateHz,
    ...(config.maxFrames !== undefined && { maxFrames: config.maxFrames }),
    frontEnd: config.frontEnd,
    batching: 'single',
    source: describeSource(folder, onnxFile, average ? chosen : []),
  };
  const bytes = encodeModel({
    ...cutToStates(foreign, { layers: chosen, average, config }),
    outputs: listOutputs(given, config),
    metadata: { [encoderKey]: JSON.stringify(manifest) },
  });
  readEncoderFile(bytes);
  return bytes;
}

/** The graph up to the hidden states of `layers`, or to their mean. */
function cutToStates(
  foreign: OnnxModel,
  { layers, average, config }: { layers: number[]; average: boolean; config: ExportConfig },
): OnnxModel {
  const whole = keepUpTo(foreign, [findStateOutput(foreign) ?? 'logits']);
  const names = layers.map((layer) => findState(whole, layer, config));
  const graph = new GraphBuilder();
  const states = average
    ? new Map([[layers.at(-1)!, graph.addNode('Mean', names, 'average')]])
    : new Map(layers.map((layer, at) => [layer, names[at]!]));
  const ended = { ...whole, nodes: [...whole.nodes, ...graph.nodes] };
  const encoder = adoptInputs(keepUpTo(ended, [...states.values()]), config);
  return nameEncoder(encoder, { encoder, states });
}

function checkLayers(layers: readonly number[] | undefined, config: ExportConfig): number[] {
  const all = Array.from({ length: config.layers + 1 }, (_, layer) => layer);
  if (layers === undefined) return all;
  const chosen = [...new Set(layers)].sort((a, b) => a - b);
  const unknown = chosen.find((layer) => !all.includes(layer));
  if (unknown !== undefined || chosen.length === 0) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `layers is ${layers.join(', ') || 'empty'}; the encoder has the hidden states 0 to ${config.layers}.`,
    );
  }
  return chosen;
}

function listOutputs(layers: readonly number[], { width }: ExportConfig): OnnxValue[] {
  return [
    ...layers.map(
      (layer): OnnxValue => ({
        name: nameState(layer),
        type: 'float32',
        shape: ['batch', 'encoder_frames', width],
      }),
    ),
    { name: encoderFrames, type: 'int32', shape: ['batch'] },
  ];
}

function describeSource(folder: WeightsFolder, file: string, averaged: readonly number[]): string {
  const what = averaged.length > 1 ? `, the mean of the hidden states ${averaged.join(', ')}` : '';
  return `imported from ${nameFolder(folder)}, ${file}${what}`.slice(0, 500);
}
