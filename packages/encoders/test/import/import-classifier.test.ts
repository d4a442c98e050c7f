import { readFileSync } from 'node:fs';
import { createFloats, decodeModel, encodeModel, type OnnxModel, type OnnxTensor } from '@ser/onnx';
import { createClassifier, readModelFile } from '@ser/runtime';
import { describe, expect, it } from 'vitest';
import { createProbes, judgeAnswers } from '../../src/import/check-classifier.ts';
import { importClassifier } from '../../src/import/import-classifier.ts';
import type { WeightsFolder } from '../../src/import/weights-folder.ts';
import { changeJson, exportPath, openExport } from './open-export.ts';

const version = '0.0.0';
const wav2vec2 = 'wav2vec2-classifier';
const whisper = 'whisper-classifier';

async function refuse(folder: WeightsFolder, options: object = {}): Promise<string> {
  const error = await importClassifier(folder, { version, ...options }).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'SerError' });
  expect(error.message).toMatch(/^[A-Za-z][^\n]*\.$/);
  return error.message;
}

const withConfig = (changes: object, name = wav2vec2) =>
  openExport(name, { 'config.json': changeJson(name, 'config.json', changes) });
const withPreprocessor = (changes: object, name = wav2vec2) =>
  openExport(name, {
    'preprocessor_config.json': changeJson(name, 'preprocessor_config.json', changes),
  });

function withModel(change: (model: OnnxModel) => OnnxModel, name = wav2vec2): WeightsFolder {
  const model = decodeModel(readFileSync(`${exportPath(name)}/model.onnx`));
  return openExport(name, { 'model.onnx': encodeModel(change(model)) });
}

const changeTensors = (change: (tensor: OnnxTensor) => OnnxTensor) =>
  withModel((model) => ({ ...model, initialisers: model.initialisers.map(change) }));

describe.each([wav2vec2, whisper])('%s', (name) => {
  const expected = JSON.parse(readFileSync(exportPath(`${name}.expected.json`), 'utf8'));

  it.each([
    ['as exported', undefined, 'logits'],
    ['normalised the other way round', name === whisper, 'switched'],
  ])('gives the logits of transformers, %s', async (_, doNormalize, key) => {
    const options = { version, ...(doNormalize !== undefined && { doNormalize }) };
    const { model, warnings } = await importClassifier(openExport(name), options);
    expect(warnings).toEqual([]);
    const classifier = await createClassifier(model);
    for (const clip of [0, 1]) {
      const { probabilities } = await classifier.predict(exportPath(`clip-${clip}.wav`));
      expect(Object.keys(probabilities)).toEqual(['neutral', 'happy', 'angry', 'sad']);
      const logits: number[] = expected[key][clip];
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      Object.values(probabilities).forEach((probability, at) => {
        expect(Math.abs(probability - Math.exp(logits[at]!) / total)).toBeLessThan(1e-5);
      });
    }
    await classifier.dispose();
  });
});

it('says in the manifest what it is', async () => {
  const readme = '---\nlanguage: de\nlicense: "apache-2.0"\n---\n# A model\n';
  const folder = openExport(wav2vec2, { 'README.md': readme });
  const { model, manifest } = await importClassifier(folder, { version, name: 'own' });
  expect(readModelFile(model)).toEqual(manifest);
  expect(manifest).toMatchObject({
    ...{ name: 'own', batching: 'single', normalisation: 'none' },
    frontEnd: { kind: 'waveform', sampleRateHz: 16000, normalise: true, padToSec: 0.025 },
    encoder: { family: 'wav2vec2', licence: 'apache-2.0', width: 16, layers: [2], used: [2] },
  });
  const other = await importClassifier(openExport(whisper), { version });
  expect(other.manifest).toMatchObject({
    frontEnd: { kind: 'features', padToSec: 30, features: { mel: { unit: 'whisper', bands: 80 } } },
    encoder: { frameRateHz: 50, maxFrames: 3000 },
  });
});

it('judges the shortest clip that is taken', async () => {
  const { model } = await importClassifier(openExport(wav2vec2), { version });
  const classifier = await createClassifier(model);
  const samples = Float32Array.from({ length: 800 }, (_, at) => 0.1 * Math.sin(at));
  const { confidence } = await classifier.predict(
    { samples, sampleRateHz: 16000 },
    { speechCheck: false },
  );
  expect(confidence).toBeGreaterThan(0.25);
  await classifier.dispose();
});

describe('labels', () => {
  it.each([
    [['NEUTRAL', 'Happiness', 'anger', 'SAD'], ['neutral', 'happy', 'angry', 'sad'], 0],
    [['fea', 'dis', 'sur', 'bored'], ['fearful', 'disgust', 'surprised', 'boredom'], 0],
    [['neu', 'hap', 'ang', 'Sarcastic '], ['neutral', 'happy', 'angry', 'Sarcastic'], 1],
  ])('%j', async (names, labels, warned) => {
    const folder = withConfig({ id2label: Object.fromEntries(names.entries()) });
    const { manifest, warnings } = await importClassifier(folder, { version });
    expect(manifest.labels).toEqual(labels);
    expect(warnings).toHaveLength(warned);
    if (warned) expect(warnings[0]).toContain('Sarcastic');
  });

  it('given in place of those of the export', async () => {
    const folder = withConfig({ id2label: null });
    const { manifest } = await importClassifier(folder, { version, labels: ['a', 'b', 'c', 'd'] });
    expect(manifest.labels).toEqual(['a', 'b', 'c', 'd']);
    expect(await refuse(folder, { labels: ['a', 'b'] })).toContain('4 classes for 2 labels');
    expect(await refuse(folder, { labels: ['a', 'b', 'c', 'a'] })).toContain('unique');
  });
});

describe('folders that are refused', () => {
  const placeholders = { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2', 3: 'LABEL_3' };
  it.each<[string, WeightsFolder, string]>([
    ['no config', openExport(wav2vec2, { 'config.json': null }), 'has no config.json'],
    ['a config that is not JSON', openExport(wav2vec2, { 'config.json': '{' }), 'not JSON'],
    [
      'a config of 2 MB',
      openExport(wav2vec2, { 'config.json': ' '.repeat(2e6) }),
      'at most 1048576',
    ],
    [
      'no preprocessor',
      openExport(wav2vec2, { 'preprocessor_config.json': null }),
      'has no preprocessor_config.json',
    ],
    ['no rate', withPreprocessor({ sampling_rate: null }), 'wrong at sampling_rate'],
    ['a rate out of range', withPreprocessor({ sampling_rate: 5 }), 'sampleRateHz'],
    ['no sizes', withConfig({ hidden_size: null }), 'without the sizes'],
    ['another family', withConfig({ model_type: 'wav2vec2-bert' }), 'family wav2vec2-bert'],
    [
      'another extractor',
      withPreprocessor({ feature_extractor_type: 'SeamlessM4TFeatureExtractor' }),
      'SeamlessM4TFeatureExtractor',
    ],
    ['an adapter', withConfig({ add_adapter: true }), 'adapter'],
    ['labels that nobody named', withConfig({ id2label: placeholders }), 'LABEL_0'],
    ['no labels', withConfig({ id2label: null }), 'id2label is missing'],
    ['labels with a gap', withConfig({ id2label: { 0: 'sad', 2: 'calm' } }), 'names no labels'],
    [
      'labels that mean the same',
      withConfig({ id2label: { 0: 'sad', 1: 'anger', 2: 'ang', 3: 'calm' } }),
      'mean angry',
    ],
    ['too few labels', withConfig({ id2label: { 0: 'sad', 1: 'calm' } }), '4 classes for 2 labels'],
    ['a regression', withConfig({ problem_type: 'regression' }), 'holds a regression'],
    [
      'dimensions',
      withConfig({ id2label: { 0: 'arousal', 1: 'dominance', 2: 'valence' } }),
      'arousal, dominance, valence',
    ],
    [
      'several labels at once',
      withConfig({ problem_type: 'multi_label_classification' }),
      'several labels at once',
    ],
    [
      'weights beside the file',
      openExport(wav2vec2, { 'model.onnx_data': Uint8Array.of(1) }),
      'in another file beside it',
    ],
    ['no ONNX file', openExport(wav2vec2, { 'model.onnx': null }), 'has no model.onnx'],
    ['text as ONNX', openExport(wav2vec2, { 'model.onnx': 'text' }), 'not an ONNX file'],
    ["a Whisper's other settings", withPreprocessor({ hop_length: 100 }, whisper), 'hop_length'],
    ["a Whisper's other bands", withPreprocessor({ feature_size: 128 }, whisper), '128 mel bands'],
    [
      'other positions',
      withConfig({ max_source_positions: 100 }, whisper),
      'no table of 100 positions',
    ],
    ['other layers', withConfig({ num_hidden_layers: 9 }), 'hidden state 9 is not found'],
    [
      'another input',
      withModel((model) => ({
        ...model,
        nodes: model.nodes.map((node) => ({
          ...node,
          inputs: node.inputs.map((name) => (name === 'input_values' ? 'signal' : name)),
        })),
        inputs: model.inputs.map((input) => ({ ...input, name: 'signal' })),
      })),
      'no input input_values',
    ],
    [
      'an encoder alone',
      withModel((model) => ({
        ...model,
        outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['b', 't', 16] }],
      })),
      'no output logits',
    ],
  ])('%s', async (_, folder, reason) => {
    expect(await refuse(folder)).toContain(reason);
  });
});

describe('a head that was never trained', () => {
  it('is told by its bias', async () => {
    const folder = changeTensors((tensor) =>
      tensor.name === 'classifier.bias'
        ? createFloats(tensor.name, [4], new Float32Array(4))
        : tensor,
    );
    const { warnings } = await importClassifier(folder, { version });
    expect(warnings).toEqual([expect.stringContaining('zero throughout')]);
  });

  it('is told by the name of its class', async () => {
    const folder = withConfig({ architectures: ['Wav2Vec2ForSpeechClassification'] });
    const { warnings } = await importClassifier(folder, { version });
    expect(warnings).toEqual([expect.stringContaining('Wav2Vec2ForSpeechClassification')]);
  });

  it('is told by answers that are all alike', () => {
    const labels = ['a', 'b', 'c'];
    const alike = [0.34, 0.33, 0.33];
    const clear = [0.8, 0.1, 0.1];
    expect(judgeAnswers([alike, [0.33, 0.34, 0.33]], { labels })).toHaveLength(1);
    expect(judgeAnswers([alike, clear], { labels })).toEqual([]);
    expect(() => judgeAnswers([clear, clear], { labels })).toThrow('whatever it hears');
    expect(() => judgeAnswers([clear, [Number.NaN, 0, 1]], { labels })).toThrow('is NaN');
    expect(() => judgeAnswers([clear, [0.5, 0.5]], { labels })).toThrow('2 probabilities for 3');
  });

  it('and the clips that are asked differ', () => {
    const probes = createProbes();
    expect(probes.map(({ samples }) => samples.length)).toEqual([16000, 27200, 40000]);
    for (const { samples } of probes) {
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      expect(10 * Math.log10(power)).toBeGreaterThan(-30);
      expect(Math.max(...samples)).toBeLessThanOrEqual(1);
    }
  });
});

it('takes the file that is named, and asks where several could be meant', async () => {
  const onnx = readFileSync(`${exportPath(wav2vec2)}/model.onnx`);
  const files = { 'model.onnx': null, 'onnx/model_fp16.onnx': onnx, 'onnx/model_int8.onnx': onnx };
  const folder = openExport(wav2vec2, files);
  expect(await refuse(folder)).toContain('onnx/model_fp16.onnx, onnx/model_int8.onnx');
  expect(await refuse(folder, { file: 'model_q4.onnx' })).toContain('file is model_q4.onnx');
  const { manifest } = await importClassifier(folder, { version, file: 'model_int8.onnx' });
  expect(manifest.labels).toHaveLength(4);
});

describe('what converters do to a graph', () => {
  async function predict(folder: WeightsFolder): Promise<number[]> {
    const classifier = await createClassifier((await importClassifier(folder, { version })).model);
    const { probabilities } = await classifier.predict(exportPath('clip-0.wav'));
    await classifier.dispose();
    return Object.values(probabilities);
  }

  it('nodes in any order', async () => {
    const folder = withModel((model) => ({ ...model, nodes: model.nodes.toReversed() }));
    expect(await predict(folder)).toEqual(await predict(openExport(wav2vec2)));
    const cyclic = withModel((model) => ({
      ...model,
      nodes: model.nodes.map((node) =>
        node.inputs[0] === 'input_values' ? { ...node, inputs: ['logits', ...node.inputs] } : node,
      ),
    }));
    expect(await refuse(cyclic)).toContain('wait for each other');
  });

  it('an input of 16 bits', async () => {
    const folder = withModel((model) => ({
      ...model,
      inputs: model.inputs.map((input) => ({ ...input, type: 'float16' })),
      nodes: [
        { operator: 'Cast', inputs: ['input_values'], outputs: ['wide'], attributes: { to: 1 } },
        ...model.nodes.map((node) => ({
          ...node,
          inputs: node.inputs.map((name) => (name === 'input_values' ? 'wide' : name)),
        })),
      ],
    }));
    const [found, expected] = [await predict(folder), await predict(openExport(wav2vec2))];
    found.forEach((probability, at) => {
      expect(Math.abs(probability - expected[at]!)).toBeLessThan(1e-3);
    });
    expect(found).not.toEqual(expected);
  });

  it('branches, which are refused', async () => {
    const folder = withModel((model) => ({
      ...model,
      nodes: model.nodes.map((node) =>
        node.outputs[0] === 'logits' ? { ...node, operator: 'If' } : node,
      ),
    }));
    expect(await refuse(folder)).toContain('node If');
  });
});
