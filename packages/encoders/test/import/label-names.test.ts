import { expect, it } from 'vitest';
import { emotions, toEmotion } from '../../../trainer/src/datasets/emotions.ts';
import { toUsualLabel } from '../../src/import/label-names.ts';

it('says every emotion as the readers of corpora do', () => {
  const nouns = [
    'Anger',
    'calmness',
    'happiness',
    'JOY',
    'sadness',
    'fear',
    'disgusted',
    'surprise',
  ];
  const others = ['bored', 'ps', 'pleasant_surprise', 'pleasant-surprised', 'sarcastic'];
  for (const name of [...emotions, ...nouns, ...others]) {
    expect(toUsualLabel(name), name).toBe(toEmotion(name));
  }
});
