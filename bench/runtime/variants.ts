import { createClassifier } from '@ser/runtime';
import { compactModel, modelPrecisions } from '@ser/trainer';

/** What a model variant loses against float32, over clips with known labels. */
export interface VariantLoss {
  precision: string;
  bytes: number;
  /** Largest difference of any probability of any clip. */
  mostDifference: number;
  /** Share of clips that get the same label. */
  agreement: number;
  uar: number;
}

/** Judges the clips with every variant of a model. */
export async function measureVariants(
  model: Uint8Array,
  clips: readonly { path: string; label: string }[],
): Promise<{ losses: VariantLoss[]; models: Record<string, Uint8Array> }> {
  const losses: VariantLoss[] = [];
  const models: Record<string, Uint8Array> = {};
  let reference: (readonly [label: string, values: number[]])[] = [];
  for (const precision of modelPrecisions) {
    const bytes = compactModel(model, precision);
    models[`model, ${precision}`] = bytes;
    const classifier = await createClassifier(bytes);
    const found: (readonly [label: string, values: number[]])[] = [];
    for (const { path } of clips) {
      const { label, probabilities } = await classifier.predict(path, { speechCheck: false });
      found.push([label!, Object.values(probabilities)]);
    }
    await classifier.dispose();
    if (precision === 'float32') reference = found;
    const differences = found.map(([, values], clip) =>
      Math.max(...values.map((value, index) => Math.abs(value - reference[clip]![1][index]!))),
    );
    const same = found.filter(([label], clip) => label === reference[clip]![0]);
    losses.push({
      precision,
      bytes: bytes.length,
      mostDifference: Math.max(...differences),
      agreement: same.length / clips.length,
      uar: measureUar(clips.map(({ label }, clip) => [label, found[clip]![0]])),
    });
  }
  return { losses, models };
}

/** Mean recall over the labels. */
function measureUar(pairs: readonly (readonly [actual: string, predicted: string])[]): number {
  const labels = [...new Set(pairs.map(([actual]) => actual))];
  const recalls = labels.map((label) => {
    const own = pairs.filter(([actual]) => actual === label);
    return own.filter(([, predicted]) => predicted === label).length / own.length;
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / labels.length;
}
