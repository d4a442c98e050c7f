import { describe, expect, it } from 'vitest';
import type { ClipPrediction, RunSummary } from '../../src/report/run-summary.ts';
import { adaptSpeakers, scoreAdapted } from '../../src/run/adapt-speakers.ts';

const labels = ['calm', 'angry', 'happy'];
const protocol: RunSummary['protocol'] = {
  ...{ name: 'cross-corpus', seed: 0, fold: 1 },
  sizes: { train: 0, validation: 0, test: 40 },
};

/** Clips of a speaker; `shares` is what the model gives calm for calm and for angry clips. */
function makeClips(speaker: string, shares: [number, number], count = 40): ClipPrediction[] {
  return Array.from({ length: count }, (_, clip) => {
    const share = shares[clip % 2]!;
    const probabilities = [share, 0.9 - share, 0.1];
    return {
      ...{ clipId: `${speaker}${clip}`, path: '', corpus: 'other', speaker, split: 'test' },
      ...{ truth: labels[clip % 2]!, predicted: labels[share > 0.45 ? 0 : 1]!, confidence: 0 },
      probabilities,
    };
  });
}

describe('adaptSpeakers', () => {
  it('puts a speaker right on whom the model hears a label too often, and no other', () => {
    const [anna, bert] = [makeClips('anna', [0.8, 0.55]), makeClips('bert', [0.8, 0.1])];
    const adapted = adaptSpeakers([...anna, ...bert], labels);
    expect(adapted).toHaveLength(80);
    expect(adapted.every(({ truth, predicted }) => truth === predicted)).toBe(true);
    expect(anna.filter(({ truth, predicted }) => truth === predicted)).toHaveLength(20);
  });

  it('scores no clip with a bias that it helped to fit', () => {
    const clips = makeClips('anna', [0.8, 0.55]);
    const before = adaptSpeakers(clips, labels);
    for (const { clipId } of clips.slice(0, 6)) {
      const changed = clips.map((clip) =>
        clip.clipId === clipId ? { ...clip, probabilities: [0.05, 0.85, 0.1] } : clip,
      );
      const after = adaptSpeakers(changed, labels);
      const differ = after.filter(
        (clip, at) =>
          clip.clipId !== clipId && `${clip.probabilities}` !== `${before[at]!.probabilities}`,
      );
      // The other half, whose bias it moves, and nothing of its own half.
      expect(differ).toHaveLength(20);
    }
  });

  it('looks at no label but which of them a corpus has', () => {
    const clips = makeClips('anna', [0.8, 0.55]);
    const swapped = clips.map((clip) => ({
      ...clip,
      truth: labels[Number(clip.truth === 'calm')]!,
    }));
    const [a, b] = [clips, swapped].map((each) =>
      adaptSpeakers(each, labels).map(({ predicted }) => predicted),
    );
    expect(a).toEqual(b);
    expect(a).not.toContain('happy');
  });

  it('leaves a clip that is alone, and a corpus of one label, as they are', () => {
    const [clip] = makeClips('anna', [0.8, 0.55], 1);
    expect(adaptSpeakers([clip!], labels)).toEqual([clip]);
    const calm = makeClips('anna', [0.8, 0.55]).filter(({ truth }) => truth === 'calm');
    const byId = (clips: ClipPrediction[]) => clips.map(({ clipId }) => clipId).sort();
    expect(byId(adaptSpeakers(calm, labels))).toEqual(byId(calm));
  });
});

describe('scoreAdapted', () => {
  it('is of test speakers whom training did not hear', () => {
    const predictions = makeClips('anna', [0.8, 0.55]);
    expect(scoreAdapted({ protocol, labels, predictions })).toMatchObject({ n: 40, accuracy: 1 });
    const known = { ...protocol, name: 'random' as const };
    expect(scoreAdapted({ protocol: known, labels, predictions })).toBeUndefined();
    expect(scoreAdapted({ protocol, labels, predictions: [] })).toBeUndefined();
  });
});
