import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/goldens/signals.ts';
import { resolveFeatureConfig } from '../src/feature-config.ts';
import { FeatureEngine } from '../src/feature-engine.ts';
import { compileKernels } from '../src/kernels.ts';

describe("an engine's memory", () => {
  it('stops growing after the longest clip', async () => {
    const engine = new FeatureEngine(await compileKernels(), resolveFeatureConfig());
    const samples = noise(200000, 0.5, 1);
    const process = (length: number) => {
      const frames = engine.countFrames(length);
      engine.loadSegment(samples.subarray(0, length), 0, frames);
      engine.kernels.extract(frames);
      return engine.kernels.memory.buffer.byteLength;
    };
    const afterLongest = process(200000);
    for (let length = 1; length < 200000; length += 1777) {
      expect(process(length)).toBe(afterLongest);
    }
  });

  it('does not depend on how long a clip is beyond a segment', async () => {
    const engine = new FeatureEngine(await compileKernels(), resolveFeatureConfig());
    expect(engine.segmentFrames).toBeLessThanOrEqual(4096);
    engine.loadSegment(
      new Float32Array(engine.countSamples(engine.segmentFrames)),
      0,
      engine.segmentFrames,
    );
    expect(engine.kernels.memory.buffer.byteLength).toBeLessThan(64 * 1024 * 1024);
  });
});
