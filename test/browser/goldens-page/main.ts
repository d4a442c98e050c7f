import { loadDsp } from '@ser/dsp-wasm';
import { noise, syntheticSignals } from '../../goldens/signals.ts';
import { compareWithGolden, type GoldenIndex, type GoldenSettings } from '../../goldens/suite.ts';
import { streamConfig, streamSamples } from './stream-setting.ts';

async function fetchJson<T>(name: string): Promise<T> {
  return (await (await fetch(name)).json()) as T;
}

async function fetchNumbers(name: string): Promise<Float32Array> {
  const { body } = await fetch(name);
  const unzipped = new Response(body!.pipeThrough(new DecompressionStream('gzip')));
  return new Float32Array(await unzipped.arrayBuffer());
}

/** Compares every case with its golden; returns how many there were and what was too far off. */
async function checkGoldens(): Promise<{ cases: number; failures: string[] }> {
  const { cases } = await fetchJson<GoldenIndex>('synthetic.json');
  const settings = await fetchJson<GoldenSettings>('settings.json');
  const numbers = await fetchNumbers('synthetic.bin.gz');
  const dsp = await loadDsp();
  const failures: string[] = [];
  for (const golden of cases) {
    const samples = syntheticSignals[golden.signal]!();
    const extractor = dsp.createExtractor(settings[golden.setting]);
    const { config, featureNames } = extractor;
    const matrix = extractor.extract(samples);
    const deviations = compareWithGolden(golden, numbers, { config, featureNames, ...matrix });
    for (const { set, shareOfTolerance } of deviations) {
      if (shareOfTolerance > 1) {
        failures.push(`${golden.signal}, ${golden.setting}: ${set} ${shareOfTolerance}`);
      }
    }
  }
  return { cases: cases.length, failures };
}

/** Features that an AudioWorklet extracts from blocks of 128 samples, beside those of the page. */
async function streamInWorklet(): Promise<{ frames: number; largestDifference: number }> {
  const samples = new Float32Array(noise(streamSamples, 0.5, 11));
  const context = new OfflineAudioContext(1, samples.length, 16000);
  await context.audioWorklet.addModule('worklet.js');
  const node = new AudioWorkletNode(context, 'feature-stream');
  await new Promise<void>((resolve) => {
    node.port.onmessage = () => resolve();
  });
  const buffer = context.createBuffer(1, samples.length, 16000);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  const rows: number[] = [];
  node.port.onmessage = ({ data }) => rows.push(...(data as Float32Array));
  source.start();
  await context.startRendering();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const dsp = await loadDsp();
  const whole = dsp.createExtractor(streamConfig).extract(samples);
  const largestDifference = rows.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - whole.data[i]!)),
    0,
  );
  return { frames: rows.length / whole.features, largestDifference };
}

const goldens = { checkGoldens, streamInWorklet };
Object.assign(window, { goldens });

declare global {
  interface Window {
    goldens: typeof goldens;
  }
}
