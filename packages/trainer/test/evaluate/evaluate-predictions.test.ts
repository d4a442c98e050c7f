import { readFileSync } from 'node:fs';
import { SerError } from '@ser/dsp-wasm';
import { describe, expect, it } from 'vitest';
import { formatClassificationReport } from '../../src/evaluate/classification-report.ts';
import { evaluatePredictions } from '../../src/evaluate/evaluate-predictions.ts';
import { fitTemperature } from '../../src/evaluate/temperature.ts';
import { createRandom } from '../../src/random.ts';

interface GoldenCase {
  name: string;
  labels: string[];
  truth: number[];
  probabilities: number[][];
  report: string;
  accuracy: number;
  uar: number;
  confusion: number[][];
  logLoss: number;
  temperature: number;
}

const goldens = JSON.parse(
  readFileSync(new URL('./goldens/scikit-learn.json', import.meta.url), 'utf8'),
) as { cases: GoldenCase[] };

describe.each(goldens.cases)('scikit-learn: $name', (golden) => {
  const evaluation = evaluatePredictions(golden);

  it('prints the same report, character for character', () => {
    expect(formatClassificationReport(evaluation)).toBe(golden.report);
  });

  it('gives the same scores', () => {
    expect(evaluation.confusion).toEqual(golden.confusion);
    expect(evaluation.n).toBe(golden.truth.length);
    expect(evaluation.accuracy).toBe(golden.accuracy);
    expect(evaluation.uar).toBeCloseTo(golden.uar, 14);
    expect(evaluation.logLoss).toBeCloseTo(golden.logLoss, 12);
  });

  it('finds the same temperature', () => {
    const temperature = fitTemperature(golden);
    const tolerance = golden.temperature > 0.051 && golden.temperature < 19.9 ? 1e-5 : 1e-2;
    expect(Math.abs(temperature / golden.temperature - 1)).toBeLessThan(tolerance);
  });
});

describe('evaluatePredictions', () => {
  const labels = ['a', 'b'];
  const row = (confidence: number) => [confidence, 1 - confidence];

  it('measures calibration error by hand', () => {
    const truth = [0, 1, 0, 0];
    const probabilities = [row(0.9), row(0.92), row(0.6), row(0.61)];
    const { ece, reliability } = evaluatePredictions({ truth, probabilities, labels });
    expect(reliability).toHaveLength(15);
    expect(reliability.filter(({ clips }) => clips > 0)).toHaveLength(3);
    const gaps = 0.25 * 0.4 + 0.25 * 0.39 + 0.5 * Math.abs(0.91 - 0.5);
    expect(ece).toBeCloseTo(gaps, 12);
  });

  it('puts a confidence of 1 in the last bin and 2/3 below the edge', () => {
    const { reliability } = evaluatePredictions({
      truth: [0, 0],
      probabilities: [row(1), row(0.66)],
      labels,
    });
    expect(reliability[14]?.clips).toBe(1);
    expect(reliability[9]?.clips).toBe(1);
  });

  it('gives an interval that holds the score, the same for the same seed', () => {
    const random = createRandom(3);
    const truth = Array.from({ length: 200 }, () => random.integer(2));
    const probabilities = truth.map((label) => {
      const right = random.next() < 0.8;
      return row((label === 0) === right ? 0.7 : 0.3);
    });
    const first = evaluatePredictions({ truth, probabilities, labels, seed: 5 });
    const again = evaluatePredictions({ truth, probabilities, labels, seed: 5 });
    expect(again.uarInterval).toEqual(first.uarInterval);
    expect(first.uarInterval.low).toBeLessThan(first.uar);
    expect(first.uarInterval.high).toBeGreaterThan(first.uar);
    const byHand = 2 * 1.96 * Math.sqrt((first.uar * (1 - first.uar)) / 200);
    const width = first.uarInterval.high - first.uarInterval.low;
    expect(width / byHand).toBeGreaterThan(0.9);
    expect(width / byHand).toBeLessThan(1.1);
  });

  it('gives an interval over speakers that is as wide as the speakers differ', () => {
    const random = createRandom(4);
    const skills = Array.from({ length: 40 }, () => random.uniform(0.3, 1));
    const clips = skills.flatMap((skill, speaker) =>
      Array.from({ length: 50 }, (_, at) => ({
        speaker: `${speaker}`,
        label: at % 2,
        isRight: random.next() < skill,
      })),
    );
    const input = {
      truth: clips.map(({ label }) => label),
      probabilities: clips.map(({ label, isRight }) => row((label === 0) === isRight ? 0.7 : 0.3)),
      labels,
    };
    const speakers = clips.map(({ speaker }) => speaker);
    const { uar, uarInterval, uarSpeakerInterval } = evaluatePredictions({ ...input, speakers });
    // With equal numbers of clips the UAR is the mean of the speakers' recalls.
    const recalls = skills.map(
      (_, at) => clips.filter(({ speaker, isRight }) => speaker === `${at}` && isRight).length / 50,
    );
    const variance = recalls.reduce((sum, recall) => sum + (recall - uar) ** 2, 0) / 40;
    const byHand = 2 * 1.96 * Math.sqrt(variance / 40);
    const width = uarSpeakerInterval!.high - uarSpeakerInterval!.low;
    expect(width / byHand).toBeGreaterThan(0.9);
    expect(width / byHand).toBeLessThan(1.1);
    expect(width).toBeGreaterThan(2 * (uarInterval.high - uarInterval.low));
    expect([uarInterval.over, uarSpeakerInterval!.over]).toEqual(['clips', 'speakers']);
    const two = evaluatePredictions({ ...input, speakers: speakers.map((name) => `${+name % 2}`) });
    expect(two.uarSpeakerInterval).toBeNull();
    expect(evaluatePredictions(input).uarSpeakerInterval).toBeNull();
  });

  it.each([
    ['no clips', { truth: [], probabilities: [], labels }, 'truth is empty'],
    ['too few rows', { truth: [0, 1], probabilities: [row(1)], labels }, '1 rows for 2 clips'],
    ['a label out of range', { truth: [2], probabilities: [row(1)], labels }, 'truth[0] is 2'],
    ['a short row', { truth: [0], probabilities: [[1]], labels }, 'has 1 values for 2 labels'],
    ['NaN', { truth: [0], probabilities: [[Number.NaN, 1]], labels }, 'probabilities[0][0] is NaN'],
    [
      'a row that is no distribution',
      { truth: [0], probabilities: [[0.5, 0.2]], labels },
      'sums to',
    ],
    ['one label', { truth: [0], probabilities: [[1]], labels: ['a'] }, 'two are needed'],
  ])('refuses %s', (_, input, message) => {
    expect(() => evaluatePredictions(input)).toThrow(SerError);
    expect(() => evaluatePredictions(input)).toThrow(message);
  });
});

describe('fitTemperature', () => {
  it('is cold without end where every prediction is right, and hot where all are wrong', () => {
    const labels = ['a', 'b'];
    expect(fitTemperature({ truth: [0], probabilities: [[0.9, 0.1]], labels })).toBe(0.05);
    expect(fitTemperature({ truth: [1], probabilities: [[0.9, 0.1]], labels })).toBe(20);
  });
});
