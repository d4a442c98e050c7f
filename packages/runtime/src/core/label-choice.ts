import { SerError } from '@ser/dsp-wasm';
import { assertList } from './assert-list.ts';
import { toEmotion } from './emotion-names.ts';

/** Some of a model's labels, and what the model says among them. */
export interface LabelChoice {
  /** In the model's order. */
  labels: readonly string[];
  /** Probabilities of all labels as those of the chosen ones: divided by their sum. */
  restrict(row: Float32Array): Float32Array;
}

/**
 * Chooses among a model's labels. Where it is known that others do not occur, an answer among those
 * that do is right more often.
 *
 * @param wanted labels by the model's own names or other words for them (`anger`, `happiness`).
 *   Default: all.
 * @throws SerError `INVALID_ARGUMENT` for a label that the model does not know, one that is named
 *   twice, or fewer than two.
 */
export function chooseLabels(known: readonly string[], wanted?: readonly string[]): LabelChoice {
  if (wanted === undefined) return { labels: known, restrict: (row) => row };
  assertList('labels', wanted);
  const chosen = wanted.map((name) => {
    const label = known.find((each) => each === name) ?? toEmotion(String(name));
    if (label !== null && known.includes(label)) return label;
    throw invalid(`has ${JSON.stringify(name)}; the model knows ${known.join(', ')}`);
  });
  const twice = chosen.find((label, at) => chosen.indexOf(label) !== at);
  if (twice !== undefined) throw invalid(`names ${twice} twice`);
  if (chosen.length < 2) throw invalid(`has ${chosen.length}; at least 2 are needed`);
  if (chosen.length === known.length) return { labels: known, restrict: (row) => row };
  const places = [...known.keys()].filter((place) => chosen.includes(known[place]!));
  return {
    labels: places.map((place) => known[place]!),
    restrict(row) {
      const sum = places.reduce((total, place) => total + row[place]!, 0);
      // A model that is sure of another label may leave nothing for these.
      return Float32Array.from(places, (place) =>
        sum > 0 ? row[place]! / sum : 1 / places.length,
      );
    },
  };
}

function invalid(what: string): SerError {
  return new SerError('INVALID_ARGUMENT', `labels ${what}.`);
}
