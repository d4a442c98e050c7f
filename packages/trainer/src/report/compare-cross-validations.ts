import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SerError } from '@ser/dsp-wasm';
import {
  type CountPair,
  comparePaired,
  type PairedDifference,
} from '../evaluate/paired-difference.ts';
import type { SpeakerCounts } from '../evaluate/speaker-counts.ts';
import type { PublishedCrossValidation } from './published-cross-validation.ts';
import { describeRecipeDifference } from './recipe-difference.ts';

/** What a cross-validation changes against another one, and what that gives. */
export interface Comparison extends PairedDifference {
  variant: PublishedCrossValidation;
  /** The settings that differ, one entry each. */
  changes: string[];
}

/**
 * Compares two cross-validations on the speakers that both test. These are all of them, unless the
 * corpora differ.
 *
 * @throws SerError `RUN_INVALID` where protocol, folds, seeds or the tested clips differ, so that
 *   nothing could be told from their scores
 */
export function compareCrossValidations(
  baseline: PublishedCrossValidation,
  variant: PublishedCrossValidation,
): Comparison {
  const refuse = (what: string): never => {
    throw new SerError(
      'RUN_INVALID',
      `${variant.name} cannot be compared with ${baseline.name}: ${what}.`,
    );
  };
  for (const field of ['protocol', 'folds'] as const) {
    if (variant[field] !== baseline[field]) {
      refuse(`its ${field} is ${variant[field]}, not ${baseline[field]}`);
    }
  }
  const [own, others] = [variant, baseline].map(({ pooled }) => pooled.map(({ seed }) => seed));
  if (!isDeepStrictEqual(own, others)) {
    refuse(`its seeds are ${own!.join(', ')}, not ${others!.join(', ')}`);
  }
  const [corpora, otherCorpora] = [variant, baseline].map(listCorpora);
  const pairs = baseline.pooled.map(({ seed, counts }, at): CountPair => {
    const pair = { baseline: counts, variant: variant.pooled[at]!.counts };
    const shared = corpora === otherCorpora ? pair : shareCounts(pair);
    if (shared.baseline.speakers.length === 0) refuse('no test speaker is in both');
    if (!isDeepStrictEqual(listClips(shared.variant), listClips(shared.baseline))) {
      refuse(`other clips of the speakers were tested with seed ${seed}`);
    }
    return shared;
  });
  return {
    variant,
    changes: [
      ...(corpora === otherCorpora ? [] : [`corpora: ${otherCorpora} → ${corpora}`]),
      ...(baseline.init === variant.init
        ? []
        : [`init: ${nameInit(baseline)} → ${nameInit(variant)}`]),
      ...describeRecipeDifference(baseline.recipe, variant.recipe),
    ],
    ...comparePaired(pairs),
  };
}

function listCorpora({ data }: PublishedCrossValidation): string {
  return data
    .map((path) => basename(path))
    .sort()
    .join(' + ');
}

function nameInit({ init }: PublishedCrossValidation): string {
  return init === undefined ? 'random weights' : basename(init);
}

/** The speakers and labels that both have, in the same order. */
function shareCounts({ baseline, variant }: CountPair): CountPair {
  const labels = baseline.labels.filter((label) => variant.labels.includes(label));
  const names = listNames(baseline).filter((name) => listNames(variant).includes(name));
  const take = (counts: SpeakerCounts): SpeakerCounts => {
    const columns = labels.map((label) => counts.labels.indexOf(label));
    const pick = (values: number[]) => columns.map((column) => values[column]!);
    const speakers = names.map((name) => counts.speakers.find((each) => each.name === name)!);
    return {
      labels,
      speakers: speakers.map(({ name, hits, clips }) => ({
        name,
        hits: pick(hits),
        clips: pick(clips),
      })),
    };
  };
  return { baseline: take(baseline), variant: take(variant) };
}

function listNames({ speakers }: SpeakerCounts): string[] {
  return speakers.map(({ name }) => name);
}

/** How many clips of which label each speaker has. */
function listClips({ labels, speakers }: SpeakerCounts) {
  return { labels, speakers: speakers.map(({ name, clips }) => ({ name, clips })) };
}
