import { describe, expect, it } from 'vitest';
import { emotions, toEmotion } from '../../src/core/index.ts';
import { chooseLabels } from '../../src/core/label-choice.ts';

const known = ['neutral', 'happy', 'sad', 'angry'];
const row = Float32Array.of(0.4, 0.3, 0.2, 0.1);

describe('chooseLabels', () => {
  it('gives the probabilities among some labels, in the order of the model', () => {
    const { labels, restrict } = chooseLabels(known, ['anger', 'happiness']);
    expect(labels).toEqual(['happy', 'angry']);
    expect([...restrict(row)].map((share) => Number(share.toFixed(6)))).toEqual([0.75, 0.25]);
  });

  it('changes nothing where none are named', () => {
    const { labels, restrict } = chooseLabels(known);
    expect(labels).toBe(known);
    expect(restrict(row)).toBe(row);
  });

  it('prefers none where the model leaves nothing for them', () => {
    const { restrict } = chooseLabels(known, ['sad', 'angry']);
    expect([...restrict(Float32Array.of(1, 0, 0, 0))]).toEqual([0.5, 0.5]);
  });

  it.each([
    [['happy', 'bored'], /labels has "bored"; the model knows neutral, happy, sad, angry/],
    [['happy', 'joy'], /labels names happy twice/],
    [['happy'], /labels has 1; at least 2 are needed/],
    ['happy,sad', /labels is "happy,sad"; it must be an array/],
  ] as [string[], RegExp][])('refuses %j', (labels, message) => {
    expect(() => chooseLabels(known, labels)).toThrow(message);
  });
});

it('knows emotions by what corpora and other models call them', () => {
  const names = { Anger: 'angry', JOY: 'happy', pleasant_surprise: 'surprised', ps: 'surprised' };
  for (const emotion of emotions) expect(toEmotion(emotion)).toBe(emotion);
  for (const [name, emotion] of Object.entries(names)) expect(toEmotion(name)).toBe(emotion);
  expect(toEmotion('sarcastic')).toBeNull();
});
