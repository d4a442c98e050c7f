import { describe, expect, it } from 'vitest';
import { SampleHistory } from '../../src/core/live/sample-history.ts';
import { SteadyLabel } from '../../src/core/live/steady-label.ts';
import { createRandom } from '../fixtures.ts';

describe('SampleHistory', () => {
  it('gives back the last samples, however they came', () => {
    const signal = Float32Array.from({ length: 5000 }, (_, index) => index);
    const random = createRandom(9);
    const history = new SampleHistory(100);
    let received = 0;
    while (received < signal.length) {
      const chunk = signal.subarray(received, received + random(random(8) === 0 ? 400 : 60));
      history.push(chunk);
      received += chunk.length;
      expect(history.received).toBe(received);
      for (const back of [0, 1, 37, 100, 250]) {
        const first = Math.max(0, received - Math.min(back, 100));
        expect(history.since(received - back)).toEqual(signal.subarray(first, received));
      }
    }
  });
});

describe('SteadyLabel', () => {
  it('begins with the likeliest label, and smooths', () => {
    const steady = new SteadyLabel(['a', 'b']);
    expect(steady.judgement).toBeNull();
    steady.update(Float32Array.of(0.25, 0.75));
    expect(steady.judgement).toMatchObject({ label: 'b', confidence: 0.75 });
    steady.update(Float32Array.of(0.5, 0.5));
    expect(steady.judgement?.probabilities).toEqual({ a: 0.375, b: 0.625 });
  });

  it('holds its label against a small lead, and lets go at a clear one', () => {
    const steady = new SteadyLabel(['a', 'b']);
    const labels = [0.55, 0.46, 0.48, 0.44, 0.47, 0.3, 0.52, 0.6, 0.5].map((value) => {
      steady.update(Float32Array.of(value, 1 - value));
      return steady.judgement!.label;
    });
    expect(labels).toEqual(['a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b']);
  });

  it('starts anew after a reset', () => {
    const steady = new SteadyLabel(['a', 'b']);
    steady.update(Float32Array.of(1, 0));
    steady.reset();
    expect(steady.judgement).toBeNull();
    steady.update(Float32Array.of(0.49, 0.51));
    expect(steady.judgement?.label).toBe('b');
  });
});
