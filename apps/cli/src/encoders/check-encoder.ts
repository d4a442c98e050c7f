import { type FeatureMatrix, listFeatureNames } from '@ser/dsp-wasm';
import {
  createEmbedder,
  type EncoderManifest,
  extractEncoder,
  readEncoderFile,
} from '@ser/encoders';
import { type FrontEndConfig, openEmbeddingGraph } from '@ser/runtime';

/** What {@link checkEncoder} found. */
export interface EncoderCheck {
  manifest: EncoderManifest;
  findings: { name: string; isRight: boolean; detail: string }[];
  /** Of one thread, for a second of its input. */
  millisecondsPerSecond: number;
}

const mostPaddingError = 1e-5;
const runs = 5;

/**
 * Runs an encoder on made-up input and says whether it does what an encoder must: give finite numbers
 * that depend on the input and on all of its length, and the same for a clip alone and in a batch.
 *
 * @param bytes of an encoder file, or of a model file with an encoder
 * @throws SerError `ENCODER_INVALID` for another file, `MODEL_INVALID` where its graph cannot be run.
 */
export async function checkEncoder(bytes: Uint8Array): Promise<EncoderCheck> {
  const encoder = extractEncoder(bytes);
  const manifest = readEncoderFile(encoder);
  const { layers, frontEnd, batching } = manifest;
  const graph = await openEmbeddingGraph(
    createEmbedder(encoder, { layers, output: 'embedding' }),
    frontEnd.kind,
  );
  try {
    const clip = makeInput(frontEnd, 4, 1);
    const other = makeInput(frontEnd, 2.5, 2);
    const alone = await graph.run(clip);
    const values = layers.length * manifest.width * 2;
    const findings = [
      find('finite', alone.length === values && alone.every(Number.isFinite), `${values} numbers`),
      await compare('depends on the input', await graph.run(makeInput(frontEnd, 4, 3)), alone),
      await compare('depends on the length', await graph.run(cut(clip, 0.6)), alone),
    ];
    if (batching === 'padded') {
      const expected = await graph.run(other);
      const together = await graph.run(clip, other);
      const error =
        differ(together.subarray(values), expected) / Math.max(1, ...expected.map(Math.abs));
      const detail = `a clip alone and in a batch differ by ${error.toExponential(1)}`;
      findings.push(find('padding', error <= mostPaddingError, detail));
    } else {
      findings.push(find('padding', true, 'takes one clip at a time'));
    }
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = process.cpuUsage();
      await graph.run(clip);
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1000);
    }
    return { manifest, findings, millisecondsPerSecond: Math.min(...times) / 4 };
  } finally {
    await graph.release();
  }
}

function find(name: string, isRight: boolean, detail: string): EncoderCheck['findings'][number] {
  return { name, isRight, detail };
}

/** Finds that two answers differ, as they must. */
async function compare(name: string, found: Float32Array, alone: Float32Array) {
  const difference = differ(found, alone);
  return find(name, difference > 1e-3, `answers differ by ${difference.toPrecision(2)}`);
}

function differ(found: Float32Array, expected: Float32Array): number {
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(found[at]! - value)), 0);
}

/** Seeded noise with a slow change, of the kind that the front end gives. */
function makeInput(frontEnd: FrontEndConfig, durationSec: number, seed: number): FeatureMatrix {
  const isWaveform = frontEnd.kind === 'waveform';
  const features = isWaveform ? 1 : listFeatureNames(frontEnd.features).length;
  const rateHz = isWaveform
    ? frontEnd.sampleRateHz
    : frontEnd.features.sampleRateHz / frontEnd.features.hopLength;
  const frames = Math.round(durationSec * rateHz);
  let state = seed;
  const data = Float32Array.from({ length: frames * features }, (_, at) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * (1 + Math.sin((6 * at) / (frames * features) + seed));
  });
  return { data, frames, features };
}

function cut({ data, frames, features }: FeatureMatrix, share: number): FeatureMatrix {
  const kept = Math.round(frames * share);
  return { data: data.subarray(0, kept * features), frames: kept, features };
}
