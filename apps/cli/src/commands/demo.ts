import { join } from 'node:path';
import { createClassifier } from '@ser/runtime';
import type { RunSummary } from '@ser/trainer';
import type { Command } from 'commander';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { findShippedModel } from '../shipped-model.ts';
import { TrainingLog } from '../training-log.ts';

/** Clips that the demo predicts one by one. */
const shownClips = 5;
/** Enough to tell voices never heard apart, and little enough for a minute of training. */
const corpusSize = { speakers: 12, clipsPerEmotion: 10 };

/** `ser demo`: the whole chain on synthetic speech, then the shipped model. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('Run the whole chain on a small synthetic corpus: train, report, export, predict.')
    .option('--out <folder>', 'folder to write; an older demo in it is replaced', 'demo-output')
    .addHelpText('after', '\nExample:\n  $ ser demo --out demo-output')
    .action(async ({ out }: { out: string }) => {
      const { prepareDemoFolder } = await import('../demo-folder.ts');
      const { corpus, run } = await prepareDemoFolder(out);

      heading('1. Synthesise speech (synthetic: no person spoke, scores say nothing about people)');
      const trainer = await import('@ser/trainer');
      const clips = await trainer.writeSyntheticCorpus(corpus, corpusSize);
      print(`${clips.length} clips of ${corpusSize.speakers} synthetic speakers in ${corpus}`);

      heading('2. Train on some speakers, test on others');
      const log = new TrainingLog({ json: false });
      const { summary, modelPath } = await abortOnInterrupt(async (signal) =>
        trainer.train({
          settings: {
            data: [corpus],
            recipe: await trainer.readRecipe('demo'),
            protocol: 'speaker-kfold',
            seed: 0,
            fold: 0,
            splitFile: null,
          },
          outDirectory: run,
          onEvent: (event) => log.show(event),
          signal,
        }),
      ).finally(() => log.stop());

      heading('3. Report on speakers that training never heard (synthetic)');
      print(trainer.formatClassificationReport(summary.evaluations.test!));
      for (const file of ['report.html', 'curves.svg', 'confusion.svg']) print(join(run, file));

      heading('4. Predict clips that training never saw, with the exported ONNX model');
      print(modelPath);
      const files = pickTestClips(summary);
      await predictClips(modelPath, files);

      heading('5. Predict the same clips with the shipped model');
      print('It is trained on acted human speech; on synthetic speech it only shows that it runs.');
      await predictClips(findShippedModel('default'), files);

      print(`\nOpen ${join(run, 'report.html')}, or try your own voice: pnpm ser predict <clip>`);
    });
}

/** A test clip of each label, then further ones. */
function pickTestClips({ predictions }: RunSummary): { path: string; truth: string }[] {
  const test = predictions.filter(({ split }) => split === 'test');
  const firsts = test.filter(
    ({ truth }, index) => test.findIndex((other) => other.truth === truth) === index,
  );
  return [...firsts, ...test.filter((clip) => !firsts.includes(clip))].slice(0, shownClips);
}

async function predictClips(
  model: string,
  clips: { path: string; truth: string }[],
): Promise<void> {
  const classifier = await createClassifier(model);
  try {
    for (const { path, truth } of clips) {
      const { label, confidence } = await classifier.predict(path, { speechCheck: false });
      const prediction = `Predicted Emotion: ${label} (Confidence: ${confidence.toFixed(2)})`;
      print(`${prediction}  synthesised as ${truth}: ${path}`);
    }
  } finally {
    await classifier.dispose();
  }
}

function heading(title: string): void {
  print(`\n${title}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
