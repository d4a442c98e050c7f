/**
 * Whether clips without speech have no label, and clips with speech have one; writes
 * results/no-speech.json. The threshold is chosen on the signals of every second generator and the
 * speakers of even numbers, and checked on the others. With --cost only the time is measured again.
 *
 *   pnpm --filter @ser/bench no-speech --data <folder of ravdess, crema-d, emodb> [--cost]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type AudioClip,
  createClassifier,
  createFrontEnd,
  loadClip,
  loadDsp,
  SerError,
} from '@ser/runtime';
import { enoughEvidence, gatherEvidence } from '@ser/runtime/internal/core/speech/hears-speech';
import { openSpeechModel } from '@ser/runtime/internal/node-speech-model';
import { median } from '../features/alternate.ts';
import { describeMachine } from '../features/machine.ts';
import { listRealClips } from './corpora.ts';
import { createRandom, generatorNames, makeSignals } from './signals.ts';
import { whisper } from './whisper.ts';

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, cost: { type: 'boolean', default: false } },
});
if (options.data === undefined) throw new Error('Give the folder of the corpora: --data FOLDER');

const signalCount = 500;
/** One clip in this many is whispered too. */
const whisperEvery = 10;
const timedClips = 96;
const timedRounds = 5;
const goals = { labelled: 0.01, unheard: 0.01, cost: 1.05 };
const limits = Array.from({ length: 37 }, (_, index) => 2 + index / 2);

/** A clip and how surely somebody speaks in it; `silent` where it was refused as such. */
interface Heard {
  name: string;
  group: string;
  isChoosing: boolean;
  evidence: number;
}

const model = fileURLToPath(new URL('../../../models/model.onnx', import.meta.url));
const classifier = await createClassifier(model);
const frontEnd = await createFrontEnd(classifier.manifest.frontEnd);
const [dsp, speechModel] = await Promise.all([loadDsp(), openSpeechModel()]);

const listed = listRealClips(options.data);
const target = new URL('../../results/no-speech.json', import.meta.url);
const results = options.cost ? JSON.parse(readFileSync(target, 'utf8')) : await measureShares();
results.cost = await measureCost();
await classifier.dispose();
await speechModel.release();
writeFileSync(target, `${JSON.stringify(results, null, 1)}\n`);
console.log(results.chosen.limit, results.cost);
for (const part of [results.signals, results.clips, results.whispered]) console.table(part.halves);

async function measureShares() {
  const signals: Heard[] = [];
  for (const { name, generator, ...clip } of makeSignals(signalCount)) {
    const isChoosing = generatorNames.indexOf(generator) % 2 === 0;
    signals.push({ name, group: generator, isChoosing, evidence: await measure(clip) });
  }
  console.log(`${signals.length} signals`);
  const clips: Heard[] = [];
  const whispered: Heard[] = [];
  for (const [index, { path, corpus, isChoosing, isShouted }] of listed.entries()) {
    const clip = await loadClip(path);
    const name = path.slice(options.data!.length + 1);
    const group = isShouted ? `${corpus}, shouted` : corpus;
    clips.push({ name, group, isChoosing, evidence: await measure(clip) });
    if (index % whisperEvery === 0) {
      const evidence = await measure(whisper(clip, createRandom(index)));
      whispered.push({ name, group: `${corpus}, whispered`, isChoosing, evidence });
    }
    if (index % 500 === 0) console.log(`${index} of ${listed.length} clips`);
  }
  return {
    ...{ machine: describeMachine(), model: classifier.manifest.name, goals },
    limit: enoughEvidence,
    chosen: chooseLimit(
      signals.filter(({ isChoosing }) => isChoosing),
      clips.filter(({ isChoosing }) => isChoosing),
    ),
    signals: summarise(signals, (evidence) => evidence >= enoughEvidence),
    clips: summarise(clips, (evidence) => evidence < enoughEvidence),
    whispered: summarise(whispered, (evidence) => evidence < enoughEvidence),
    cost: {},
  };
}

async function measure(clip: AudioClip): Promise<number> {
  try {
    return await gatherEvidence(frontEnd.settle(clip), { dsp, speechModel }, Infinity);
  } catch (error) {
    if (error instanceof SerError && error.code === 'AUDIO_SILENT') return 0;
    throw error;
  }
}

/**
 * The lowest limit at which half as many signals have a label as may: to give real speech no label is
 * the worse error.
 */
function chooseLimit(ofSignals: readonly Heard[], ofClips: readonly Heard[]) {
  const tried = limits.map((limit) => ({
    limit,
    labelled: share(ofSignals, ({ evidence }) => evidence >= limit),
    unheard: share(ofClips, ({ evidence }) => evidence < limit),
  }));
  const { limit } = tried.find(({ labelled }) => labelled <= goals.labelled / 2)!;
  return { limit, tried };
}

/** Counts of what is wrong, by half and by group, and the names of the wrong ones. */
function summarise(heard: readonly Heard[], isWrong: (evidence: number) => boolean) {
  const count = (of: readonly Heard[]) => ({
    count: of.length,
    wrong: of.filter(({ evidence }) => isWrong(evidence)).length,
  });
  const groups = [...new Set(heard.map(({ group }) => group))];
  return {
    halves: {
      chosenOn: count(heard.filter(({ isChoosing }) => isChoosing)),
      checkedOn: count(heard.filter(({ isChoosing }) => !isChoosing)),
    },
    groups: groups.map((group) => ({
      group,
      ...count(heard.filter((clip) => clip.group === group)),
    })),
    wrong: heard
      .filter(({ evidence }) => isWrong(evidence))
      .map(({ name, evidence }) => ({ name, evidence: Number(evidence.toFixed(2)) })),
  };
}

function share(of: readonly Heard[], isWrong: (heard: Heard) => boolean): number {
  return of.filter(isWrong).length / of.length;
}

/** What `predict` takes with the check and without it, clip by clip in turn, as other programs come and go. */
async function measureCost() {
  const step = Math.floor(listed.length / timedClips);
  const paths = listed.filter((_, index) => index % step === 0).map(({ path }) => path);
  const time = async (path: string, speechCheck: boolean): Promise<number> => {
    const before = process.cpuUsage();
    await classifier.predict(path, { speechCheck });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const rounds: { checkedMs: number; uncheckedMs: number }[] = [];
  for (let round = 0; round <= timedRounds; round++) {
    const sums = { checkedMs: 0, uncheckedMs: 0 };
    for (const [index, path] of paths.entries()) {
      for (const isChecked of (index + round) % 2 === 0 ? [true, false] : [false, true]) {
        sums[isChecked ? 'checkedMs' : 'uncheckedMs'] +=
          (await time(path, isChecked)) / paths.length;
      }
    }
    // The first one warms up.
    if (round > 0) rounds.push(sums);
  }
  return {
    clips: paths.length,
    checkedMs: median(rounds.map(({ checkedMs }) => checkedMs)),
    uncheckedMs: median(rounds.map(({ uncheckedMs }) => uncheckedMs)),
    ratio: median(rounds.map(({ checkedMs, uncheckedMs }) => checkedMs / uncheckedMs)),
    rounds,
  };
}
