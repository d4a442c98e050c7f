import { expect, it } from 'vitest';
import { formatModelCard } from '../../src/report/model-card.ts';
import type { RunSummary } from '../../src/report/run-summary.ts';
import type { RunSettings } from '../../src/run/run-folder.ts';
import { tinyRecipe } from '../run/tiny-run.ts';
import { calibrateOnTraining, makeSampleRun, makeUntestedRun } from './sample-run.ts';

const settings: RunSettings = {
  ...{ data: ['data/ravdess'], recipe: tinyRecipe, protocol: 'speaker-kfold', seed: 2, fold: 1 },
  splitFile: null,
};

it('scores each corpus of the test side where there are several, and each speaker', () => {
  const run = makeSampleRun();
  const emodb = makeSampleRun('emodb').predictions;
  const predictions = [...run.predictions, ...emodb];
  const card = formatModelCard({ ...run, predictions }, settings);
  const [, table] = card.split('## By corpus of the test side');
  const clips = emodb.filter(({ split }) => split === 'test').length;
  expect(table).toMatch(new RegExp(`^\\| emodb \\| ${clips} \\| \\d`, 'm'));
  expect(table).toMatch(/^\| ravdess 0\d \| 60 \| \d/m);
  expect(formatModelCard(run, settings)).not.toContain('By corpus');
});

it('tells what the run before it was trained on, and its licence', () => {
  const licence = 'CC BY-NC 9.9';
  const earlier = { name: 'crema-d', clips: 7, speakers: 3, licence, synthetic: false };
  const run: RunSummary = {
    ...makeSampleRun('emodb'),
    initialRun: { name: 'before', recipe: 'tiny', corpora: [earlier] },
  };
  const card = formatModelCard(run, settings);
  expect(card).toContain('Training went on from the run before (recipe `tiny`).');
  expect(card).toMatch(/\| 7 \| 3 \| English .* \| CC BY-NC 9\.9 \|/);
  expect(card).toContain('non-commercial');
});

it('says which labels count as another', () => {
  const recipe = { ...tinyRecipe, mergedLabels: { calm: 'neutral' } };
  const card = formatModelCard(makeSampleRun(), { ...settings, recipe });
  expect(card).toMatch(/emotions apart: .*\. Clips of calm count as neutral\.\n/);
});

it('says what the confidences were fitted to, and what the folds scored', () => {
  const run = makeSampleRun();
  expect(formatModelCard(run, settings)).toContain('fitted to the validation side');
  const evaluation = run.evaluations.train!;
  const card = formatModelCard({ ...run, foldCalibration: calibrateOnTraining(run) }, settings);
  const percent = (100 * evaluation.uar).toFixed(1);
  expect(card).toContain(`| folds | ${evaluation.n} | ${percent} % |`);
  expect(card).toMatch(/1\d speakers in 5 folds/);
  expect(card).toContain(`ravdess ${percent} %`);
  expect(card).not.toContain('fitted to the validation side');
});

it('says what windows of a long recording are worth', () => {
  const run = makeSampleRun();
  const windows = run.predictions.filter(({ split }) => split !== 'train');
  const { n, accuracy } = run.evaluations.test!;
  const calibrated = { ...run, windowTemperature: 1.4, windows };
  const told = `Of ${n} windows of 3 s, .* ${(100 * accuracy).toFixed(1)} % are told right`;
  expect(formatModelCard(calibrated, settings)).toMatch(new RegExp(told));
  expect(formatModelCard(run, settings)).not.toContain('windows of 3 s');
  const scores = { windows: 77, accuracy: 0.5, uar: 0.4, ece: 0.03 };
  const foldCalibration = { ...calibrateOnTraining(run), windows: scores };
  expect(formatModelCard({ ...calibrated, foldCalibration }, settings)).toMatch(
    /Of 77 windows .* 50\.0 % are told right \(UAR 40\.0 %, calibration error 0\.030\)/,
  );
});

it('says what the model is worth in noise and over a telephone, and how its input is trimmed there', () => {
  const run = makeSampleRun();
  const { uar } = run.evaluations.test!;
  const noise = run.predictions.filter(({ split }) => split === 'test');
  const told = (percent: string) => `white noise 20 dB below each clip the UAR is ${percent} %`;
  const inNoise = { ...run, channels: { noise } };
  expect(formatModelCard(inNoise, settings)).toContain(told((100 * uar).toFixed(1)));
  const foldCalibration = { ...calibrateOnTraining(run), channelUars: { noise: 0.4 } };
  const calibrated = formatModelCard({ ...inNoise, foldCalibration }, settings);
  expect(calibrated).toContain(told('40.0'));
  expect(calibrated).toContain('children, other noise and telephone');
  const channels = { noise, telephone: noise };
  const measured = formatModelCard({ ...run, channels, foldCalibration }, settings);
  expect(measured).toContain(`300 to 3400 Hz, the UAR is ${(100 * uar).toFixed(1)} %`);
  expect(measured).toContain('children and other noise are outside');
  const trim = { topDb: 30, noiseMarginDb: 5, frameLength: 2048, hopLength: 512 };
  const card = formatModelCard(run, { ...settings, recipe: { ...tinyRecipe, trim, levelDb: -30 } });
  expect(card).toContain(
    'silence below 30 dB, or less than 5 dB above noise, cut, brought to a mean power of -30 dB',
  );
  expect(card).not.toContain('white noise');
  expect(card).toContain('children, noise and telephone');
});

it('tells of a training on windows', () => {
  const windowTraining = { epochs: 12, learningRate: 0.001, share: 0.5 };
  const card = formatModelCard(makeSampleRun(), {
    ...settings,
    recipe: { ...tinyRecipe, windowTraining },
  });
  expect(card).toMatch(
    /\d epochs and 12 more, in which windows of 3 s, .* 50\.0 % of the clips; the/,
  );
  expect(formatModelCard(makeSampleRun(), settings)).not.toContain('more, in which');
});

it('of a run that tested nothing, has the scores, confusions and speakers of the folds', () => {
  const run = makeUntestedRun();
  const { train } = run.evaluations;
  const plain = formatModelCard(run, settings);
  expect(plain).toContain('What others can expect was not measured.');
  expect(plain).toContain('Nothing was tested.');
  expect(plain).toContain('Confidences are not calibrated');
  expect(plain).not.toContain('is calibrated');
  expect(plain).not.toMatch(/What it confuses|By speaker/);

  const card = formatModelCard(
    { ...run, temperature: 1.2, foldCalibration: calibrateOnTraining(run) },
    settings,
  );
  expect(card).toContain('measured on models of the same recipe, in the cross-validation whole');
  expect(card).toContain(
    `| **happy** | ${train!.confusion[train!.labels.indexOf('happy')]!.join(' | ')} |`,
  );
  expect(card).toMatch(/## By speaker of the folds[\s\S]*\| ravdess \d\d \| 60 \| \d/);
});

it('says what came before the training', () => {
  const distillation = { members: 3, share: 0.7 };
  const recipe = { ...tinyRecipe, pretraining: { epochs: 20 }, distillation };
  const card = formatModelCard(makeSampleRun(), { ...settings, recipe });
  expect(card).toContain('20 epochs of guessing masked frames came first.');
  expect(card).toContain('70.0 % of what it learnt was the mean of 3 networks.');
  expect(formatModelCard(makeSampleRun(), settings)).not.toMatch(/masked frames|mean of/);
});
