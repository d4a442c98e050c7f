/** What `run.ts` writes, as far as the page shows it. */
export interface NoSpeechResults {
  model: string;
  goals: { labelled: number; unheard: number; cost: number };
  limit: number;
  chosen: { limit: number };
  signals: Wrong;
  clips: Wrong;
  whispered: Wrong;
  cost: { clips: number; checkedMs: number; uncheckedMs: number; ratio: number };
}

interface Count {
  count: number;
  wrong: number;
}

interface Wrong {
  halves: { chosenOn: Count; checkedOn: Count };
  groups: (Count & { group: string })[];
}

type ToTable = (header: readonly string[], rows: readonly (readonly unknown[])[]) => string;

/** The part of the page on clips without speech. */
export function describeNoSpeech(results: NoSpeechResults, toTable: ToTable): string[] {
  const { goals, signals, clips, whispered, cost } = results;
  const isShouted = ({ group }: { group: string }) => group.endsWith('shouted');
  const quiet = sum(clips.groups.filter((group) => !isShouted(group)));
  const shouted = sum(clips.groups.filter(isShouted));
  const row = (what: string, goal: string, { count, wrong }: Count) => [
    what,
    goal,
    `${wrong} of ${count}`,
    `${((100 * wrong) / count).toFixed(2)} %`,
  ];
  const most = (share: number) => `≤ ${100 * share} %`;
  const wrongSignals = signals.groups.filter(({ wrong }) => wrong > 0);
  return [
    '## Clips without speech',
    `Signals without speech, made by ${signals.groups.length} generators (noises, tones, tunes, machines, clicks, muted microphones; 0.7 to 9 s, peaks of −3 to −42 dB, 8 to 48 kHz), and every clip of three corpora. A clip is wrong where it has a label without speech, or none with it. The limit of the evidence, ${results.limit}, is the whole number above the lowest (${results.chosen.limit}) at which half as many signals as may have a label, of one half of the generators; the other half, and the other speakers, are what counts.`,
    toTable(
      ['what', 'goal', 'wrong', 'share'],
      [
        row('signals with a label', most(goals.labelled), sum(signals.groups)),
        row('… of the generators chosen on', '', signals.halves.chosenOn),
        row('… of the others', most(goals.labelled), signals.halves.checkedOn),
        row('real clips without one', most(goals.unheard), sum(clips.groups)),
        row('… of the speakers chosen on', '', clips.halves.chosenOn),
        row('… of the others', most(goals.unheard), clips.halves.checkedOn),
        row('… that are not shouted', '', quiet),
        row('… that are: strong anger, fear and joy', '', shouted),
        row('one clip in ten, whispered (resynthesised from noise)', '', sum(whispered.groups)),
      ],
    ),
    toTable(
      ['corpus', 'without a label', 'share'],
      [...clips.groups, ...whispered.groups].map((group) =>
        row(group.group, '', group).toSpliced(1, 1),
      ),
    ),
    wrongSignals.length === 0
      ? 'No signal has a label.'
      : `Signals with a label: ${wrongSignals.map(({ group, wrong, count }) => `${group}, ${wrong} of ${count}`).join('; ')}.`,
    `\`predict\` of ${cost.clips} clips, one thread: ${cost.checkedMs.toFixed(1)} ms of processor time a clip with the check and ${cost.uncheckedMs.toFixed(1)} ms without, ${cost.ratio.toFixed(3)} times as much (goal: ≤ ${goals.cost}), with ${results.model}.`,
    '`pnpm --filter @ser/bench no-speech --data <folder of ravdess, crema-d, emodb>`',
  ];
}

function sum(groups: readonly Count[]): Count {
  return groups.reduce(
    (total, { count, wrong }) => ({ count: total.count + count, wrong: total.wrong + wrong }),
    { count: 0, wrong: 0 },
  );
}
