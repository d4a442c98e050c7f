import { SerError } from '@ser/dsp-wasm';
import {
  decodeModel,
  elementType,
  encodeModel,
  GraphBuilder,
  type OnnxModel,
  type OnnxValue,
  pruneModel,
  readFloats,
} from '@ser/onnx';
import { type Manifest, manifestKey, parseManifest, toEmotion } from '@ser/runtime/core';
import { encoderFrames, nameState } from '../compose-model.ts';
import { type ExportConfig, readExportConfig } from './export-config.ts';
import { chooseOnnxFile, invalid, nameFolder, readLicence } from './export-files.ts';
import { findState, keepUpTo } from './find-states.ts';
import { adoptInputs, listInputs, nameEncoder } from './foreign-graph.ts';
import { isDimension, isPlaceholder } from './label-names.ts';
import { sortNodes } from './sort-nodes.ts';
import type { WeightsFolder } from './weights-folder.ts';

export interface ImportClassifierOptions {
  /** What the model is called from now on. Default: the folder's name. */
  name?: string;
  /** Labels in the order of the network's outputs. Default: config.json's, as the project says them. */
  labels?: readonly string[];
  /**
   * Whether the waveform is brought to mean 0 and variance 1. Default: what the export says in
   * preprocessor_config.json; Whisper's never says it, and some classifiers were trained so.
   */
  doNormalize?: boolean;
  /** The folder's ONNX file, such as `model_quantized.onnx`. Default: the one of float32. */
  file?: string;
  /** Version of the program that writes the file. */
  version: string;
}

/** A classifier as a model file of this project. */
export interface ImportedClassifier {
  /** Bytes of the model file. */
  model: Uint8Array;
  manifest: Manifest;
  /** Sentences about what may be wrong with it. */
  warnings: string[];
}

/** Classes of `transformers` whose heads an export has: what the names of all stock ones end in. */
const stockClass =
  /^(Wav2Vec2|Hubert|WavLM|Data2VecAudio|UniSpeech|UniSpeechSat)ForSequenceClassification$|^WhisperForAudioClassification$/;

/**
 * Makes a model file of an emotion classifier that optimum or transformers.js holds as ONNX: wav2vec
 * 2.0, HuBERT, WavLM, data2vec-audio, UniSpeech or Whisper, exported for audio classification. Its
 * probabilities are the softmax of the network's logits. Run {@link judgeAnswers} on what it makes of
 * {@link createProbes} before it is trusted.
 *
 * @throws SerError `MODEL_INVALID` saying what of the folder is missing or not supported: labels that
 *   nobody named, dimensions in place of labels, several labels at once; `INVALID_ARGUMENT` for
 *   labels of another number, or a file that is not there.
 *
 * @example
 * const { model, warnings } = await importClassifier(folder, { version: '0.1.0' });
 */
export async function importClassifier(
  folder: WeightsFolder,
  { name = nameFolder(folder), labels, doNormalize, file, version }: ImportClassifierOptions,
): Promise<ImportedClassifier> {
  const config = asTrained(await readExportConfig(folder, { doNormalize }));
  checkProblem(folder, config);
  const onnxFile = chooseOnnxFile(folder, file);
  const foreign = sortNodes(decodeModel(await folder.read(onnxFile)));
  const named = labels ?? listLabels(folder, config);
  checkLogits(foreign, { onnxFile, labels: named });
  const warnings = [...(labels ? [] : warnOfLabels(named)), ...warnOfHead(foreign, config)];
  const manifest = parseManifest({
    formatVersion: 1,
    name,
    labels: named,
    frontEnd: config.frontEnd,
    normalisation: 'none',
    encoder: {
      name,
      family: config.family,
      licence: (await readLicence(folder)) ?? 'not known',
      languages: [],
      width: config.width,
      layers: [config.layers],
      used: [config.layers],
      frameRateHz: config.frameRateHz,
      ...(config.maxFrames !== undefined && { maxFrames: config.maxFrames }),
    },
    batching: 'single',
    training: { recipe: 'imported', seed: 0, corpora: [], synthetic: false },
    scores: [],
    calibration: { temperature: 1 },
    generator: { name: 'ser', version },
  });
  const model = encodeModel({
    ...addProbabilities(foreign, { config, labels: named }),
    metadata: { [manifestKey]: JSON.stringify(manifest) },
  });
  return { model, manifest, warnings };
}

/** Whisper's classifiers take the mean over 30 s, of which a clip fills the first part. */
function asTrained(config: ExportConfig): ExportConfig {
  if (config.family !== 'whisper') return config;
  return { ...config, frontEnd: { ...config.frontEnd, padToSec: 30 } };
}

function checkProblem(folder: WeightsFolder, { config }: ExportConfig): void {
  const names = Object.values(config.id2label ?? {});
  if (config.problem_type === 'regression' || names.some(isDimension) || names.length === 1) {
    throw invalid(
      folder,
      `holds a regression (config.json: ${names.join(', ') || 'problem_type regression'}), which gives values and no probabilities of labels; only classifiers can be imported`,
    );
  }
  if (config.problem_type === 'multi_label_classification') {
    throw invalid(
      folder,
      'holds a classifier of several labels at once (config.json: problem_type multi_label_classification), whose probabilities do not add up to 1; only classifiers of one label can be imported',
    );
  }
}

/** The labels of config.json in the order of the outputs, in the project's words where it has one. */
function listLabels(folder: WeightsFolder, { config }: ExportConfig): string[] {
  const entries = Object.entries(config.id2label ?? {});
  const labels = entries.map((_, at) => config.id2label![at]);
  const isComplete = labels.every((label): label is string => label !== undefined);
  if (labels.length === 0 || !isComplete || labels.some(isPlaceholder)) {
    throw invalid(
      folder,
      `names no labels (config.json: id2label ${
        entries.length === 0
          ? 'is missing'
          : `has ${entries
              .map(([key, label]) => `${key}: ${label}`)
              .slice(0, 8)
              .join(', ')}`
      }); give them in the order of the outputs`,
    );
  }
  const usual = labels.map((label) => toEmotion(label) ?? label.trim());
  const twice = usual.find((label, at) => usual.indexOf(label) !== at);
  if (twice === undefined) return usual;
  throw invalid(
    folder,
    `names two labels that mean ${twice} (config.json: id2label ${labels.join(', ')}); give others in the order of the outputs`,
  );
}

function checkLogits(
  { outputs }: OnnxModel,
  { onnxFile, labels }: { onnxFile: string; labels: readonly string[] },
): void {
  const logits = outputs.find(({ name }) => name === 'logits');
  const [, classes] = logits?.shape ?? [];
  if (logits?.shape.length !== 2) {
    throw new SerError(
      'MODEL_INVALID',
      `The file ${onnxFile} has no output logits [batch, classes]; export it for audio classification.`,
    );
  }
  if (typeof classes === 'number' && classes !== labels.length) {
    throw new SerError(
      'MODEL_INVALID',
      `The file ${onnxFile} has ${classes} classes for ${labels.length} labels: ${labels.join(', ')}.`,
    );
  }
}

function warnOfLabels(labels: readonly string[]): string[] {
  const unknown = labels.filter((label) => toEmotion(label) !== label);
  if (unknown.length === 0) return [];
  return [`Not among the project's usual labels, kept as they are: ${unknown.join(', ')}.`];
}

/** A trained bias is never zero throughout; that of a head which was never loaded is. */
function warnOfHead(model: OnnxModel, { config }: ExportConfig): string[] {
  const warnings: string[] = [];
  const custom = config.architectures?.find((architecture) => !stockClass.test(architecture));
  if (custom !== undefined) {
    warnings.push(
      `config.json names the class ${custom}, which is not one of transformers' own: where it was exported by one of those, its head is random.`,
    );
  }
  const constant = (name: string) => model.initialisers.find((tensor) => tensor.name === name);
  const last = model.nodes.find(({ outputs }) => outputs[0] === 'logits');
  const values = last?.inputs
    .map((name) => {
      const source = model.nodes.find(({ outputs }) => outputs[0] === name);
      return constant(source?.operator === 'Identity' ? (source.inputs[0] ?? '') : name);
    })
    .find((tensor) => tensor?.shape.length === 1);
  if (values && readFloats(values)?.every((value) => value === 0)) {
    warnings.push(
      'The bias of its last layer is zero throughout, as it is before any training: its head may be random.',
    );
  }
  return warnings;
}

function addProbabilities(
  foreign: OnnxModel,
  { config, labels }: { config: ExportConfig; labels: readonly string[] },
): OnnxModel {
  const { layers, width } = config;
  const adopted = adoptInputs(keepUpTo(foreign, ['logits']), config);
  const state = findState(adopted, layers, config);
  const named = nameEncoder(adopted, {
    encoder: keepUpTo(adopted, [state]),
    states: new Map([[layers, state]]),
  });
  const graph = new GraphBuilder();
  const logits = graph.addNode('Cast', ['logits'], 'head/logits', { to: elementType.float32 });
  graph.addNode('Softmax', [logits], 'probabilities', { axis: 1 });
  addMean(graph, layers, foreign.opsets[''] ?? 0);
  const outputs: OnnxValue[] = [
    { name: 'probabilities', type: 'float32', shape: ['batch', labels.length] },
    { name: 'embedding', type: 'float32', shape: ['batch', width] },
  ];
  return pruneModel({
    ...named,
    inputs: listInputs(config),
    nodes: [...named.nodes, ...graph.nodes],
    initialisers: [...named.initialisers, ...graph.initialisers],
    outputs,
  });
}

/** The embedding: the mean of the last hidden state over a clip's frames. */
function addMean(graph: GraphBuilder, layer: number, opset: number): void {
  const start = graph.addIntegers('embedding/start', [1], [0]);
  const axis = graph.addIntegers('embedding/axis', [1], [1]);
  const end = graph.addNode('Cast', [encoderFrames], 'embedding/end', { to: elementType.int64 });
  const kept = graph.addNode('Slice', [nameState(layer), start, end, axis], 'embedding/frames');
  // From opset 18 the axes are an input.
  if (opset >= 18) graph.addNode('ReduceMean', [kept, axis], 'embedding', { keepdims: 0 });
  else graph.addNode('ReduceMean', [kept], 'embedding', { axes: [1], keepdims: 0 });
}
