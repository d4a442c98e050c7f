import type { FeatureMatrix } from '@ser/dsp-wasm';
import { groupBy } from '../group-by.ts';
import type { Random } from '../random.ts';
import type { Target } from './targets.ts';

/** A clip of a batch, ready to be trained on. */
export interface TrainingItem {
  matrix: FeatureMatrix;
  target: Target;
}

/**
 * Mixes each clip of a batch with another one of it (Zhang et al. 2018): features and targets by
 * the same share, drawn from Beta(alpha, alpha). Partners have the same known labels. The partner's
 * features are cut to the clip's length, or start again where they end before it.
 */
export function mixBatch(
  items: readonly TrainingItem[],
  alpha: number,
  random: Random,
): TrainingItem[] {
  const groups = groupBy(items, ({ target }) => target.knownLabels?.join());
  const partners = new Map<TrainingItem, TrainingItem>();
  for (const members of groups.values()) {
    const shuffled = random.shuffle(members);
    members.forEach((item, at) => {
      partners.set(item, shuffled[at]!);
    });
  }
  return items.map((item) => mix(item, partners.get(item)!, drawBeta(alpha, random)));
}

function mix(item: TrainingItem, partner: TrainingItem, share: number): TrainingItem {
  const { data, frames, features } = item.matrix;
  const other = partner.matrix.data;
  const mixed = new Float32Array(data.length);
  for (let at = 0, from = 0; at < mixed.length; at++, from++) {
    if (from === other.length) from = 0;
    mixed[at] = share * data[at]! + (1 - share) * other[from]!;
  }
  const weights = item.target.weights.map(
    (weight, label) => share * weight + (1 - share) * partner.target.weights[label]!,
  );
  return {
    matrix: { data: mixed, frames, features },
    target: { weights, knownLabels: item.target.knownLabels },
  };
}

/** A draw from Beta(alpha, alpha), by Jöhnk's rejection in logarithms. */
function drawBeta(alpha: number, random: Random): number {
  for (;;) {
    const a = Math.log(1 - random.next()) / alpha;
    const b = Math.log(1 - random.next()) / alpha;
    const largest = Math.max(a, b);
    const logSum = largest + Math.log(Math.exp(a - largest) + Math.exp(b - largest));
    if (logSum <= 0) return Math.exp(a - logSum);
  }
}
