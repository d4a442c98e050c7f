import type { FeatureConfig } from '@ser/dsp-wasm';
import { knownCorpora } from '../datasets/known-corpora.ts';
import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { poolChannels } from '../evaluate/pool-predictions.ts';
import { type ChannelName, channelNames, testChannels } from '../features/channel.ts';
import { describeArchitecture } from '../models/describe-architecture.ts';
import type { NetworkRecipe, Recipe } from '../recipes/recipe.ts';
import type { RunSettings } from '../run/run-folder.ts';
import { scoreWindows } from '../run/score-sides.ts';
import { keptWeights } from './kept-weights.ts';
import { findTestScores, type MainScores, scoreGroups } from './main-scores.ts';
import { formatInterval, formatPercent, formatTable } from './markdown.ts';
import type { ChannelUars, RunSummary } from './run-summary.ts';
import { countTestSpeakers, type GroupScore } from './speaker-scores.ts';
import { listTrainedCorpora } from './trained-corpora.ts';

/**
 * The model card of a run as Markdown: what the model is, what it was trained on, how it scored and
 * on what, what it confuses, and what it is not for. Every figure comes from the run.
 */
export function formatModelCard(summary: RunSummary, settings: RunSettings): string {
  const tested = findTestScores(summary);
  const sections = [
    `# Model card: ${summary.name}`,
    describeModel(summary, settings),
    '## Training data',
    formatCorpora(summary),
    '## Scores',
    describeProtocol(summary),
    formatScores(summary),
    describeCalibration(summary),
    ...(tested ? formatConfusions(tested.evaluation) : []),
    ...(tested ? formatGroups(summary, tested.of) : []),
    '## Limits',
    formatLimits(summary),
    '## Licence',
    formatLicence(summary),
  ];
  return `${sections.join('\n\n')}\n`;
}

function describeModel(summary: RunSummary, { recipe, seed }: RunSettings): string {
  const { labels, createdAt } = summary;
  const { mergedLabels, speeds } = recipe;
  const merged = Object.entries(mergedLabels ?? {}).map(
    ([from, to]) => ` Clips of ${from} count as ${to}.`,
  );
  const played =
    speeds.length > 1
      ? ` A clip is judged at ${speeds.join(', ')} times its speed, and the probabilities are averaged.`
      : '';
  return [
    `${describeHead(recipe)} that tells ${labels.length} emotions apart: ${labels.join(', ')}.${merged.join('')}`,
    `${describeInput(summary, recipe)}${played}`,
    `Recipe \`${recipe.name}\`, seed ${seed}, ${describeTraining(summary, recipe)} Made ${createdAt.slice(0, 10)}.`,
  ].join('\n\n');
}

function describeHead(recipe: Recipe): string {
  if (recipe.head === 'linear') return 'A linear classifier';
  const { model } = recipe;
  const ensemble = model.members > 1 ? `The mean of ${model.members} networks, each a` : 'A';
  return `${ensemble} ${describeArchitecture(model)}`;
}

function describeInput({ encoder }: RunSummary, recipe: Recipe): string {
  if (recipe.head === 'network' && recipe.features)
    return describeFeatures(recipe, recipe.features);
  const { name, licence, layers } = encoder!;
  const states = `the hidden states ${layers.join(', ')} of the pretrained encoder ${name} (${licence}), ${describeTuning(recipe)}`;
  return recipe.head === 'linear'
    ? `Input: mean and standard deviation over a clip of ${states}.`
    : `Input: ${states}.`;
}

function describeTuning(recipe: Recipe): string {
  const tuning = recipe.head === 'network' ? recipe.encoder?.fineTuning : null;
  if (!tuning) return 'which was not trained along';
  const layers = tuning.layers === 1 ? 'upper layer was' : `upper ${tuning.layers} layers were`;
  const { lora } = tuning;
  const how = lora ? ` by low-rank changes of rank ${lora.rank}` : '';
  return `whose ${layers} trained along${how}`;
}

function describeFeatures(
  { trim, levelDb, model }: NetworkRecipe,
  features: FeatureConfig,
): string {
  const normalisation =
    model.normalisation === 'clip'
      ? "each column brought to mean 0 and variance 1 over the clip's own frames"
      : 'each column brought to mean 0 and variance 1 over the training clips';
  const inNoise = trim?.noiseMarginDb ? `, or less than ${trim.noiseMarginDb} dB above noise,` : '';
  const trimmed = trim ? `, leading and trailing silence below ${trim.topDb} dB${inNoise} cut` : '';
  const levelled = levelDb === null ? '' : `, brought to a mean power of ${levelDb} dB`;
  return `Input: speech resampled to ${features.sampleRateHz} Hz${trimmed}${levelled}; ${features.sets.join(', ')} every ${features.hopLength} samples, ${normalisation}.`;
}

function describeTraining({ bestEpoch, initialRun }: RunSummary, recipe: Recipe): string {
  if (recipe.head === 'linear') {
    return `logistic regression with a penalty of ${recipe.training.penalty}.`;
  }
  const { training, pretraining, distillation, windowTraining } = recipe;
  const epoch = training.keep === 'average' ? '' : `those of epoch ${bestEpoch}, `;
  const kept = `${epoch}${keptWeights[training.keep]}`;
  const then = windowTraining
    ? ` and ${windowTraining.epochs} more, in which windows of 3 s, cut anywhere from what a speaker spoke with one label, took the place of ${formatPercent(windowTraining.share)} of the clips`
    : '';
  const started = initialRun
    ? ` Training went on from the run ${initialRun.name} (recipe \`${initialRun.recipe}\`).`
    : '';
  const prepared = [
    pretraining ? ` ${pretraining.epochs} epochs of guessing masked frames came first.` : '',
    distillation
      ? ` ${formatPercent(distillation.share)} of what it learnt was the mean of ${distillation.members} networks.`
      : '',
  ].join('');
  return `${training.epochs} epochs${then}; the weights are ${kept}.${started}${prepared}`;
}

function formatCorpora(summary: RunSummary): string {
  const rows = listTrainedCorpora(summary).map(({ name, clips, speakers, licence }) => {
    const known = Object.values(knownCorpora).find((corpus) => corpus.name === name);
    return [known?.title ?? name, clips, speakers, known?.language ?? 'not stated', licence];
  });
  const header = ['corpus', 'training clips', 'speakers', 'language', 'licence of the data'];
  return formatTable(header, rows);
}

function describeProtocol({ protocol, predictions, foldCalibration }: RunSummary): string {
  if (protocol.name === 'all') {
    const folds = foldCalibration
      ? `What others can expect was measured on models of the same recipe, in the cross-validation ${foldCalibration.name}.`
      : 'What others can expect was not measured.';
    return `Protocol \`all\`, seed ${protocol.seed}: every clip was trained on, and none is left to test. ${folds} ${scoreTerms}`;
  }
  const fold = protocol.fold === null ? '' : `, fold ${protocol.fold}`;
  const shared = countTestSpeakers(predictions).heard;
  const independence =
    shared === 0
      ? 'No speaker of the test side is in training or validation.'
      : `${shared} of the test side's speakers are in training too, so these scores are higher than a stranger gets.`;
  return `Protocol \`${protocol.name}\`${fold}, seed ${protocol.seed}. ${independence} ${scoreTerms}`;
}

const scoreTerms =
  'UAR is the mean recall of the labels; its intervals are 95 % bootstraps, over clips and over speakers.';

function formatScores({ evaluations, foldCalibration }: RunSummary): string {
  const { validation, test } = evaluations;
  const rows = [
    ...(validation ? [formatSide('validation', validation)] : []),
    ...(test ? [formatSide('test', test)] : []),
    ...(foldCalibration ? [formatSide('folds', foldCalibration.evaluation)] : []),
  ];
  if (rows.length === 0) return 'Nothing was tested.';
  const header = [
    'side',
    'clips',
    'UAR',
    'over clips',
    'over speakers',
    'accuracy',
    'macro F1',
    'ECE',
  ];
  return formatTable(header, rows);
}

function describeCalibration(summary: RunSummary): string {
  const parts = [
    describeTemperature(summary),
    ...describeWindows(summary),
    ...describeChannels(summary),
  ];
  return parts.join(' ');
}

function describeChannels(summary: RunSummary): string[] {
  const uars = findChannelUars(summary);
  return channelNames.flatMap((name) => {
    const uar = uars[name];
    return uar === undefined ? [] : `${channelTexts[name]} the UAR is ${formatPercent(uar)}.`;
  });
}

function findChannelUars(summary: RunSummary): ChannelUars {
  return { ...poolChannels([summary]), ...summary.foldCalibration?.channelUars };
}

const channelTexts: Record<ChannelName, string> = {
  noise: `With white noise ${testChannels.noise.noiseSnrDb} dB below each clip`,
  telephone: 'Over a telephone, which leaves 300 to 3400 Hz,',
};

function describeWindows(summary: RunSummary): string[] {
  const { windowTemperature, windows = [], labels, foldCalibration } = summary;
  const tested = windows.filter(({ split }) => split === 'test');
  const scores = foldCalibration?.windows ?? scoreWindows(tested, labels);
  if (windowTemperature === undefined || !scores) return [];
  return [
    `Windows of a long recording have a temperature of their own. Of ${scores.windows} windows of 3 s, which begin and end anywhere in what a speaker spoke with one label, ${formatPercent(scores.accuracy)} are told right (UAR ${formatPercent(scores.uar)}, calibration error ${scores.ece.toFixed(3)}).`,
  ];
}

function describeTemperature({ temperature, foldCalibration }: RunSummary): string {
  if (temperature === null) {
    return 'Confidences are not calibrated; `ser calibrate` does it by a cross-validation.';
  }
  if (!foldCalibration) {
    return 'Confidences are calibrated by one temperature, fitted to the validation side.';
  }
  const { folds, speakers, corpora } = foldCalibration;
  const byCorpus = corpora.map(({ corpus, uar }) => `${corpus} ${formatPercent(uar)}`).join(', ');
  return `The row \`folds\` is a cross-validation of the recipe: ${speakers.length} speakers in ${folds} folds, each clip judged by a model that had not heard its speaker (UAR by corpus: ${byCorpus}). Confidences are calibrated by one temperature, fitted to these clips; the calibration error there is of each fold at the temperature of the others.`;
}

function formatSide(side: string, scores: Evaluation): (string | number)[] {
  const { uarInterval, uarSpeakerInterval } = scores;
  return [
    side,
    scores.n,
    formatPercent(scores.uar),
    formatInterval(uarInterval),
    uarSpeakerInterval ? formatInterval(uarSpeakerInterval) : 'not measured',
    formatPercent(scores.accuracy),
    scores.macro.f1.toFixed(3),
    scores.ece.toFixed(3),
  ];
}

function formatConfusions(evaluation: Evaluation): string[] {
  return ['## What it confuses', formatConfusion(evaluation), describeConfusion(evaluation)];
}

function formatConfusion({ labels, confusion }: Evaluation): string {
  const rows = labels.map((label, row) => [`**${label}**`, ...confusion[row]!]);
  return formatTable(['true \\ predicted', ...labels], rows);
}

function describeConfusion({ labels, confusion }: Evaluation): string {
  const pairs = labels.flatMap((truth, row) =>
    labels.flatMap((predicted, column) =>
      row === column ? [] : [{ truth, predicted, clips: confusion[row]![column]! }],
    ),
  );
  const worst = pairs.sort((a, b) => b.clips - a.clips).slice(0, 3);
  const named = worst.map(({ truth, predicted, clips }) => `${truth} for ${predicted} (${clips})`);
  return `Most often it takes ${named.join(', ')}.`;
}

/** A table of the speakers, worst first, and one of the corpora where there are several. */
function formatGroups(summary: RunSummary, of: MainScores['of']): string[] {
  const where = of === 'folds' ? 'the folds' : 'the test side';
  const { corpora, speakers } = scoreGroups(summary, of);
  const toTable = (what: string, scores: readonly GroupScore[]): string => {
    const rows = scores.map(({ corpus, speaker, clips, uar, hardest }) => [
      speaker === null ? corpus : `${corpus} ${speaker}`,
      clips,
      formatPercent(uar),
      `${hardest.label} (recall ${formatPercent(hardest.recall)})`,
    ]);
    return formatTable([what, 'clips', 'UAR', 'hardest label'], rows);
  };
  return [
    ...(corpora.length > 1 ? [`## By corpus of ${where}`, toTable('corpus', corpora)] : []),
    `## By speaker of ${where}`,
    toTable('speaker', speakers),
  ];
}

const limits = [
  '- In another room, language or voice some labels can come far too often. `ser adapt` balances them on clips that need no labels.',
  '- It names how a clip sounds compared with acted examples, not what a person feels. Do not use it to judge people: not in hiring, schooling, policing, health or credit.',
  '- Some uses of emotion recognition are restricted or forbidden by law, for example at work and in schools in the European Union.',
];

const calibrationLimit =
  '- A confidence is calibrated on clips like those above; on other voices and microphones it is less reliable.';

function formatLimits(summary: RunSummary): string {
  const measured = findChannelUars(summary);
  const noise = measured.noise === undefined ? 'noise' : 'other noise';
  const children =
    measured.telephone === undefined
      ? `children, ${noise} and telephone sound`
      : `children and ${noise}`;
  const unmeasured = `- It was trained on acted emotions, spoken in a studio by few people. Spontaneous speech, other languages, ${children} are outside what was measured.`;
  return [unmeasured, ...limits, ...(summary.temperature === null ? [] : [calibrationLimit])].join(
    '\n',
  );
}

function formatLicence(summary: RunSummary): string {
  const corpora = listTrainedCorpora(summary);
  const lines = corpora.map(({ name, licence }) => {
    const known = Object.values(knownCorpora).find((corpus) => corpus.name === name);
    return `- ${known?.title ?? name}: ${licence}.${known ? ` ${known.citation} ${known.url}` : ''}`;
  });
  const restricted = corpora.some(({ licence }) => /\bNC\b/.test(licence))
    ? 'The weights are derived from data under a non-commercial licence: use them for research, teaching and trial, and train your own for a product.\n\n'
    : '';
  return `${restricted}${lines.join('\n')}`;
}
