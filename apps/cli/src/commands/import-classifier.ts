import { createClassifier, type Manifest } from '@ser/runtime';
import type { Command } from 'commander';
import { openFolder } from '../encoders/open-folder.ts';
import { asUsage } from '../report-failure.ts';
import { version } from '../version.ts';

interface ImportOptions {
  out: string;
  name?: string;
  labels?: string[];
  normalise?: boolean;
  file?: string;
}

const explanation = `
The folder is what optimum exports of an audio classifier, or what is made for transformers.js:
config.json, preprocessor_config.json, and model.onnx or onnx/model.onnx. wav2vec 2.0, HuBERT, WavLM,
data2vec-audio, UniSpeech and Whisper can be imported. What became of it hears three clips first;
what answers alike to all of them is refused.

Examples:
  $ ser import-classifier wav2vec2-emotion/ --out own.onnx
  $ ser import-classifier exported/ --labels neutral happy angry sad --out own.onnx
  $ ser predict --model own.onnx voice.wav`;

/** `ser import-classifier`: makes a model file of an emotion classifier that others trained. */
export function addImportClassifierCommand(program: Command): void {
  program
    .command('import-classifier')
    .description('Make a model.onnx of an emotion classifier exported for ONNX by others.')
    .argument('<folder>', 'folder of the export')
    .requiredOption('--out <file>', 'model file to write')
    .option('--name <name>', "what the model is called (default: the folder's name)")
    .option(
      '--labels <names...>',
      "labels in the order of the network's outputs (default: those of config.json)",
    )
    .option('--normalise', 'bring each clip to mean 0 and variance 1, whatever the export says')
    .option('--no-normalise', 'do not, whatever the export says')
    .option('--file <name>', 'ONNX file of the folder, such as model_quantized.onnx')
    .addHelpText('after', explanation)
    .action(async (folder: string, options: ImportOptions, command: Command) => {
      await asUsage(command, () => importFolder(folder, options));
    });
}

async function importFolder(
  path: string,
  { out, name, labels, normalise, file }: ImportOptions,
): Promise<void> {
  const { createProbes, importClassifier, judgeAnswers } = await import('@ser/encoders');
  const { writeFileAtomic } = await import('@ser/trainer/internal/atomic-file');
  const { model, manifest, warnings } = await importClassifier(await openFolder(path), {
    version,
    ...(name !== undefined && { name }),
    ...(labels && { labels }),
    ...(normalise !== undefined && { doNormalize: normalise }),
    ...(file !== undefined && { file }),
  });
  const classifier = await createClassifier(model);
  try {
    const rows: number[][] = [];
    for (const probe of createProbes()) {
      const { probabilities } = await classifier.predict(probe, { speechCheck: false });
      rows.push(Object.values(probabilities));
    }
    warnings.push(...judgeAnswers(rows, manifest));
  } finally {
    await classifier.dispose();
  }
  await writeFileAtomic(out, model);
  for (const warning of warnings) process.stderr.write(`ser: ${warning}\n`);
  process.stdout.write(`${describe(manifest, model.length)}\nModel: ${out}\n`);
}

function describe({ name, labels, encoder, frontEnd }: Manifest, bytes: number): string {
  const { family, licence } = encoder!;
  const heard = frontEnd.normalise ? 'each clip normalised' : 'clips as they are';
  return `${name}: ${family}, ${(bytes / 1e6).toFixed(1)} MB, ${heard}, licence ${licence}; labels ${labels.join(', ')}.`;
}
