import { readFileSync } from 'node:fs';
import type { LayersModel, Tensor, Tensor3D } from '@tensorflow/tfjs-node';
import { stackBatch } from '../../src/fit/batches.ts';
import type { AdapterSettings } from '../../src/models/whisper/whisper-encoder.ts';
import type { WeightValues } from '../../src/models/whisper/whisper-weights.ts';
import { tf } from '../../src/tensorflow/tf.ts';

interface Packed {
  shape: number[];
  values: string;
}

type PackedMap = Record<string, Packed>;

interface Differentiated<T> {
  loss: number;
  /** By the weights' names in transformers. */
  gradients: T;
}

interface Golden<Values, Named> {
  shape: { mels: number; width: number; heads: number; layers: number };
  lora: Required<AdapterSettings>;
  weights: Named;
  /** Low-rank adapters, `layers.0.fc1.lora_a` and so on. */
  adapters: Named;
  /** The weights with the adapters in them. */
  merged: Named;
  /** [frames, mels] each. */
  clips: Values[];
  /** [states, frames, width] each. */
  targets: Values[];
  states: { plain: Values[]; lora: Values[] };
  plain: Differentiated<Named>;
  adapted: Differentiated<Named>;
}

/** What `goldens/make_whisper.py` wrote. */
export function readGolden(): Golden<WeightValues, Map<string, WeightValues>> {
  const path = new URL('goldens/whisper.json', import.meta.url);
  const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden<Packed, PackedMap>;
  const differentiated = ({ loss, gradients }: Differentiated<PackedMap>) => ({
    loss,
    gradients: unpackMap(gradients),
  });
  return {
    ...{ shape: golden.shape, lora: golden.lora },
    weights: unpackMap(golden.weights),
    adapters: unpackMap(golden.adapters),
    merged: unpackMap(golden.merged),
    clips: golden.clips.map(unpack),
    targets: golden.targets.map(unpack),
    states: { plain: golden.states.plain.map(unpack), lora: golden.states.lora.map(unpack) },
    plain: differentiated(golden.plain),
    adapted: differentiated(golden.adapted),
  };
}

/** Writes low-rank adapters into a model with the layers for them. */
export function setAdapters(model: LayersModel, adapters: Map<string, WeightValues>): void {
  for (const weight of model.weights) {
    const name = weight.originalName.replace('encoder/', '').replace(/\/(?=lora_)/, '.');
    const adapter = adapters.get(name);
    if (!adapter) continue;
    const tensor = tf.tensor(adapter.values, adapter.shape);
    weight.write(tensor);
    tensor.dispose();
  }
}

/** The states that an encoder gives clips in one padded batch, and the frames of each. */
export function encodeClips(
  model: LayersModel,
  clips: readonly WeightValues[],
): { states: Tensor3D[]; lengths: number[] } {
  const inputs = stackBatch(
    clips.map(({ values, shape: [frames, features] }) => ({
      data: values,
      ...{ frames: frames!, features: features! },
    })),
  );
  const outputs = model.apply([...inputs], { training: true }) as Tensor[];
  const lengths = [...outputs.at(-1)!.dataSync()];
  return { states: outputs.slice(0, -1) as Tensor3D[], lengths };
}

/** Those states of each clip's own frames, one after the other. */
export function readStates(model: LayersModel, clips: readonly WeightValues[]): Float32Array[] {
  return tf.tidy(() => {
    const { states, lengths } = encodeClips(model, clips);
    return lengths.map((frames, clip) => {
      const own = states.map((state) => state.slice([clip, 0, 0], [1, frames, -1]));
      return tf.concat(own).dataSync<'float32'>();
    });
  });
}

function unpackMap(packed: PackedMap): Map<string, WeightValues> {
  return new Map(Object.entries(packed).map(([name, value]) => [name, unpack(value)]));
}

function unpack({ shape, values }: Packed): WeightValues {
  return { shape, values: new Float32Array(Uint8Array.from(Buffer.from(values, 'base64')).buffer) };
}
