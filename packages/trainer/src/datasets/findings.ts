import { groupBy } from '../group-by.ts';
import { type Clip, type Dataset, type SkipKind, speakerKey } from './clip.ts';
import { unknownSpeaker } from './label-folders.ts';

/** Something about a corpus that a user should know before training on it. */
export interface Finding {
  /** An error costs the training, or makes its score worthless; a warning lowers what it is worth. */
  severity: 'error' | 'warning';
  /** Stable, for programs. */
  code:
    | 'clipped'
    | 'conflicting-twins'
    | 'few-clips'
    | 'folder-labels'
    | 'foreign-names'
    | 'imbalance'
    | 'label-of-one-corpus'
    | 'label-of-one-speaker'
    | 'mixed-rates'
    | 'one-label'
    | 'one-speaker'
    | 'silent'
    | 'twins'
    | 'unknown-speakers'
    | 'unlistable'
    | 'unreadable'
    | 'unread-formats';
  /** One sentence for a person. */
  message: string;
  /** The files that it is about, where it is about single ones. */
  files: string[];
}

/** Fewer clips of a label than this cannot be told from chance. */
const fewestClips = 5;
/** A random split needs one clip of each label on each side. */
const fewestClipsToSplit = 3;
/** From this ratio on, a network tends to answer with the common labels only. */
const largestImbalance = 10;

/**
 * Finds what names, folders and bytes alone tell of a dataset: labels with few clips, one speaker,
 * labels tied to one speaker or corpus, imbalance, and what was left out for its name, folder, format or
 * twin. Costs nothing, since no clip is decoded.
 * Errors come first.
 */
export function findProblems(dataset: Dataset): Finding[] {
  const findings = [
    ...checkLabels(dataset),
    ...checkSpeakers(dataset.clips),
    ...checkTies(dataset),
    ...checkSkipped(dataset),
  ];
  return sortFindings(findings);
}

/** Errors first, else in the order given. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
}

function checkLabels({ clips, labels }: Dataset): Finding[] {
  const findings: Finding[] = [];
  if (labels.length < 2) {
    findings.push({
      ...{ severity: 'error', code: 'one-label', files: [] },
      message: `Every clip is labelled ${labels[0] ?? 'nothing'}; a model needs at least two labels to tell apart.`,
    });
  }
  const byLabel = groupBy(clips, ({ label }) => label);
  const rare = [...byLabel].filter(([, members]) => members.length < fewestClips);
  const rarer = rare.filter(([, members]) => members.length < fewestClipsToSplit);
  if (rare.length > 0) {
    const listed = rare.map(([label, members]) => `${label} (${members.length})`).join(', ');
    findings.push({
      severity: rarer.length > 0 ? 'error' : 'warning',
      code: 'few-clips',
      message: `Labels with under ${fewestClips} clips, whose scores are chance: ${listed}; a random split needs ${fewestClipsToSplit} of each. Record more, or leave them out in corpus.json or the recipe.`,
      files: rare.flatMap(([, members]) => members.map(({ path }) => path)),
    });
  }
  const sizes = [...byLabel].sort(([, a], [, b]) => b.length - a.length);
  const [most, least] = [sizes[0], sizes.at(-1)];
  if (most && least && most[1].length >= largestImbalance * least[1].length) {
    findings.push({
      ...{ severity: 'warning', code: 'imbalance', files: [] },
      message: `${most[0]} has ${most[1].length} clips, ${least[0]} ${least[1].length}: the model may answer ${most[0]} to everything. Weigh the classes or balance the batches in the recipe, and read UAR, not accuracy.`,
    });
  }
  return findings;
}

function checkSpeakers(clips: readonly Clip[]): Finding[] {
  const unknown = clips.filter(({ speaker }) => speaker === unknownSpeaker);
  if (unknown.length > 0) {
    return [
      {
        ...{ severity: 'warning', code: 'unknown-speakers', files: [] },
        message: `The names of ${unknown.length} clips do not say who speaks, so voices of the test side may be heard in training. Begin file names with the speaker: anna_01.wav.`,
      },
    ];
  }
  const speakers = new Set(clips.map(speakerKey));
  if (speakers.size !== 1) return [];
  return [
    {
      ...{ severity: 'warning', code: 'one-speaker', files: [] },
      message: `One speaker, ${[...speakers][0]}, speaks every clip: no score tells how well a stranger is understood.`,
    },
  ];
}

/** A label that goes with one speaker or corpus: a model can tell it without hearing any emotion. */
function checkTies({ clips, corpora }: Dataset): Finding[] {
  const tiedBy = (toKey: (clip: Clip) => string): string[] =>
    [...groupBy(clips, ({ label }) => label)]
      .map(([label, own]) => ({ label, own, keys: new Set(own.map(toKey)) }))
      .filter(({ own, keys }) => own.length >= fewestClips && keys.size === 1)
      .map(({ label, keys }) => `${label} (${[...keys][0]})`);
  const findings: Finding[] = [];
  const ofCorpora = corpora.length > 1 ? tiedBy(({ corpus }) => corpus) : [];
  if (ofCorpora.length > 0) {
    findings.push({
      ...{ severity: 'warning', code: 'label-of-one-corpus', files: [] },
      message: `Labels that one corpus alone has: ${ofCorpora.join(', ')}. The model may hear the corpus (its room, microphone and language) instead of the emotion.`,
    });
  }
  const known = clips.filter(({ speaker }) => speaker !== unknownSpeaker);
  const hasVoices = known.length === clips.length && new Set(clips.map(speakerKey)).size > 1;
  const ofSpeakers = hasVoices ? tiedBy(speakerKey) : [];
  if (ofSpeakers.length > 0) {
    findings.push({
      ...{ severity: 'warning', code: 'label-of-one-speaker', files: [] },
      message: `Labels that one speaker alone speaks: ${ofSpeakers.join(', ')}. The model may hear the voice instead of the emotion.`,
    });
  }
  return findings;
}

/** What is said of files that were left out, by why. */
const skipFindings: Record<SkipKind, { code: Finding['code']; say: (files: number) => string }> = {
  'conflicting-twin': {
    code: 'conflicting-twins',
    say: (files) =>
      `${countWithVerb(files, 'file')} the same recording as others with another label and left out, these too.`,
  },
  twin: {
    code: 'twins',
    say: (files) =>
      `${countWithVerb(files, 'file')} the same recording as others, by bytes, name or sound, and left out.`,
  },
  name: {
    code: 'foreign-names',
    say: (files) =>
      `${countWithVerb(files, 'file')} left out: the corpus has no such names, and what they mean is not known.`,
  },
  'folder-label': {
    code: 'folder-labels',
    say: (files) =>
      `${countWithVerb(files, 'file')} left out: name and folder say different labels.`,
  },
  format: {
    code: 'unread-formats',
    say: (files) =>
      `${countWithVerb(files, 'recording')} left out, in formats that are not read; convert them, for instance with ffmpeg.`,
  },
  folder: {
    code: 'unlistable',
    say: (files) => `${countWithVerb(files, 'folder')} left out, since nobody may list it.`,
  },
};

function checkSkipped({ skipped }: Dataset): Finding[] {
  return Object.entries(skipFindings).flatMap(([kind, { code, say }]): Finding[] => {
    const files = skipped.filter((file) => file.kind === kind).map(({ path }) => path);
    return files.length > 0
      ? [{ severity: 'warning', code, files, message: say(files.length) }]
      : [];
  });
}

/** `1 clip is`, `2 clips are`. */
export function countWithVerb(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun} is` : `${amount} ${noun}s are`;
}
