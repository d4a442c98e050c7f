import { groupBy } from '../group-by.ts';
import type { Random } from '../random.ts';
import type { TrainingSettings } from '../recipes/recipe.ts';
import type { Example } from './example.ts';

/** What decides an epoch's clips. */
export interface DrawEpochOptions {
  sampling: TrainingSettings['sampling'];
  versionsPerEpoch: number;
  random: Random;
}

/**
 * Chooses what one epoch trains on: `sampling` which clips, `versionsPerEpoch` which of a clip's
 * versions (itself and its changed copies), each a different one. The number of clips is that of
 * `examples` whatever the sampling, so that every epoch has as many steps.
 */
export function drawEpoch(
  examples: readonly Example[],
  { sampling, versionsPerEpoch, random }: DrawEpochOptions,
): Example[] {
  const chosen = sample(examples, sampling, random.fork('sampling'));
  const versions = random.fork('versions');
  return chosen.flatMap((example) => {
    const { copies = [], taught, ...rest } = example;
    if (copies.length === 0) return [example];
    const all = [example.matrix, ...copies].map((matrix, at) => ({
      matrix,
      ...(taught && { taught: [taught[at]!] }),
    }));
    const drawn = versions.shuffle(all).slice(0, versionsPerEpoch);
    return drawn.map((version) => ({ ...rest, ...version }));
  });
}

/** Examples that {@link drawEpoch} returns for `count` examples; the same in every epoch. */
export function countDraws(examples: readonly Example[], versionsPerEpoch: number): number {
  return examples.reduce(
    (sum, { copies = [] }) => sum + Math.min(versionsPerEpoch, copies.length + 1),
    0,
  );
}

function sample(
  examples: readonly Example[],
  sampling: DrawEpochOptions['sampling'],
  random: Random,
): readonly Example[] {
  const byLabel = (members: readonly Example[]) => groupBy(members, ({ label }) => label);
  const byCorpus = (members: readonly Example[]) => groupBy(members, ({ corpus }) => corpus);
  const count = examples.length;
  switch (sampling) {
    case 'balanced-labels':
      return share(byLabel(examples), count, random, take);
    case 'balanced-corpora':
      return share(byCorpus(examples), count, random, take);
    case 'balanced-labels-and-corpora':
      return share(byCorpus(examples), count, random, (members, size) =>
        share(byLabel(members), size, random, take),
      );
    default:
      return examples;
  }
}

/** `count` examples, an equal part out of each group; who gets the remainder is drawn. */
function share<K>(
  groups: Map<K, Example[]>,
  count: number,
  random: Random,
  takeFrom: (members: Example[], size: number, random: Random) => Example[],
): Example[] {
  const order = random.shuffle([...groups.values()]);
  return order.flatMap((members, at) => {
    const size = Math.floor(count / order.length) + (at < count % order.length ? 1 : 0);
    return takeFrom(members, size, random);
  });
}

/** `size` members: all of them as often as they fit, then a part, drawn without replacement. */
function take(members: Example[], size: number, random: Random): Example[] {
  const whole = Array.from({ length: Math.floor(size / members.length) }, () => members).flat();
  return [...whole, ...random.shuffle(members).slice(0, size % members.length)];
}
