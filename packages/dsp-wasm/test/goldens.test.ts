import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSpeech, speechFiles, syntheticSignals } from '../../../test/goldens/signals.ts';
import { compareWithGolden } from '../../../test/goldens/suite.ts';
import { type Dsp, loadDsp } from '../src/index.ts';
import { goldenSettings, readGoldenIndex, readGoldenNumbers } from './goldens.ts';

/** Where the shared corpora lie. `.ci/run` sets it, and then they must be there. */
const dataFolder = process.env.SER_DATA;
const speechFolder = join(
  dataFolder ?? join(import.meta.dirname, '../../../../shared/data'),
  'ravdess-original',
);

let dsp: Dsp;
beforeAll(async () => {
  dsp = await loadDsp();
});

function describeGoldens(name: string, readSignal: (signal: string) => Float32Array): void {
  const { cases, trims } = readGoldenIndex(`${name}.json`);
  const numbers = readGoldenNumbers(`${name}.bin.gz`);
  const signals = new Map<string, Float32Array>();
  const signalOf = (signal: string) => {
    const samples = signals.get(signal) ?? readSignal(signal);
    signals.set(signal, samples);
    return samples;
  };

  describe(`librosa's features of ${name} signals`, () => {
    it.each(cases.map((golden) => [golden.signal, golden.setting, golden] as const))(
      '%s, %s',
      (signal, setting, golden) => {
        const samples = signalOf(signal);
        expect(samples.length).toBe(golden.samples);
        const extractor = dsp.createExtractor(goldenSettings[setting]);
        const matrix = extractor.extract(samples);
        const { config, featureNames } = extractor;
        const deviations = compareWithGolden(golden, numbers, { config, featureNames, ...matrix });
        expect(deviations.filter(({ shareOfTolerance }) => shareOfTolerance > 1)).toEqual([]);
      },
    );
  });

  describe(`librosa's silence trim of ${name} signals`, () => {
    it.each(trims)('$signal, $topDb dB, noise $noiseMarginDb dB', (trim) => {
      const { signal, topDb, noiseMarginDb, range, intervals } = trim;
      const options = { topDb, noiseMarginDb };
      const { startSample, endSample } = dsp.trimSilence(signalOf(signal), options);
      expect([startSample, endSample]).toEqual(range);
      const parts = dsp.splitSilence(signalOf(signal), options);
      expect(parts.map((part) => [part.startSample, part.endSample])).toEqual(intervals);
    });
  });
}

describeGoldens('synthetic', (signal) => syntheticSignals[signal]!());

if (dataFolder !== undefined || existsSync(speechFolder)) {
  describeGoldens('speech', (signal) =>
    readSpeech(readFileSync(join(speechFolder, speechFiles[signal]!))),
  );
}
