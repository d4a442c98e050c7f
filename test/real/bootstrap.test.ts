import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparePaired } from '@ser/trainer/internal/evaluate/paired-difference';
import { createRandom } from '@ser/trainer/internal/random';
import { expect, it } from 'vitest';
import { askPeer } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();

it('the paired bootstrap over speakers gives the interval of NumPy', async () => {
  const random = createRandom(1);
  const labels = ['neutral', 'happy', 'sad', 'angry'];
  const clips = Array.from({ length: 12 }, () => labels.map(() => random.integer(12)));
  const makeCounts = (skill: number) => ({
    labels,
    speakers: clips.map((own, at) => {
      const speakerSkill = skill + 0.3 * Math.sin(at);
      const isRight = () => random.next() < speakerSkill;
      const hits = own.map(
        (count) => Array.from({ length: count }, isRight).filter(Boolean).length,
      );
      return { name: `speaker ${at}`, hits, clips: own };
    }),
  });
  const pairs = [0, 1, 2].map(() => ({ baseline: makeCounts(0.5), variant: makeCounts(0.58) }));
  const path = join(folder, 'pairs.json');
  const split = ({ speakers }: ReturnType<typeof makeCounts>) => ({
    hits: speakers.map(({ hits }) => hits),
    clips: speakers.map((speaker) => speaker.clips),
  });
  const sides = pairs.map(({ baseline, variant }) => ({
    baseline: split(baseline),
    variant: split(variant),
  }));
  writeFileSync(path, JSON.stringify(sides));
  const peer = await askPeer<Record<'difference' | 'low' | 'high' | 'error', number>>(
    'bootstrap_numpy.py',
    [path],
  );
  // The names' order is that of text, which changes nothing but the draws.
  const { difference, interval } = comparePaired(pairs);
  expect(difference).toBeCloseTo(peer.difference, 12);
  for (const end of ['low', 'high'] as const) {
    expect(Math.abs(interval![end] - peer[end]), end).toBeLessThan(0.2 * peer.error);
  }
});
