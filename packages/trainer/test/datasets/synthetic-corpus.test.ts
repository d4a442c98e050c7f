import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { emotions } from '../../src/datasets/emotions.ts';
import { readDataset } from '../../src/datasets/read-dataset.ts';
import { encodePcmWav } from '../../src/datasets/synthetic/pcm-wav.ts';
import {
  synthesiseSpeech,
  syntheticSampleRateHz,
} from '../../src/datasets/synthetic/synthesise-speech.ts';
import { drawVoice } from '../../src/datasets/synthetic/voice.ts';
import { writeSyntheticCorpus } from '../../src/datasets/synthetic-corpus.ts';
import { createRandom } from '../../src/random.ts';
import { makeFolder } from '../corpora/fake-corpus.ts';

/** Median pitch of the louder frames, by the highest peak of the autocorrelation. */
function measurePitch(samples: Float32Array): number {
  const frameLength = 1024;
  const frames: { energy: number; f0Hz: number }[] = [];
  for (let start = 0; start + 2 * frameLength < samples.length; start += frameLength) {
    let best = { lag: 0, value: 0 };
    const correlate = (lag: number) => {
      let sum = 0;
      for (let i = start; i < start + frameLength; i++) sum += samples[i]! * samples[i + lag]!;
      return sum;
    };
    const energy = correlate(0);
    for (let lag = 40; lag < 300; lag++) {
      const value = correlate(lag) * (1 - lag / 3000);
      if (value > best.value) best = { lag, value };
    }
    frames.push({ energy, f0Hz: syntheticSampleRateHz / best.lag });
  }
  const loudest = frames.toSorted((a, b) => b.energy - a.energy).slice(0, frames.length / 2);
  return loudest.map(({ f0Hz }) => f0Hz).sort((a, b) => a - b)[Math.floor(loudest.length / 2)]!;
}

function measureLevelDb(samples: Float32Array): number {
  return (
    10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('synthesiseSpeech', () => {
  const random = createRandom(4);

  it.each([0, 1, 2, 3])('moves pitch, level and length by emotion, voice %i', (speaker) => {
    const voice = drawVoice(speaker, random);
    const measure = (emotion: 'neutral' | 'sad' | 'angry' | 'fearful') => {
      const clips = Array.from({ length: 6 }, (_, take) =>
        synthesiseSpeech(voice, emotion, random.fork(`${speaker}/${take}`)),
      );
      return {
        f0Hz: mean(clips.map(measurePitch)),
        levelDb: mean(clips.map(measureLevelDb)),
        samples: mean(clips.map(({ length }) => length)),
      };
    };
    const [neutral, sad, angry, fearful] = [
      measure('neutral'),
      measure('sad'),
      measure('angry'),
      measure('fearful'),
    ];
    expect(neutral.f0Hz / voice.f0Hz).toBeGreaterThan(0.85);
    expect(neutral.f0Hz / voice.f0Hz).toBeLessThan(1.25);
    expect(fearful.f0Hz).toBeGreaterThan(neutral.f0Hz * 1.2);
    expect(sad.f0Hz).toBeLessThan(neutral.f0Hz);
    expect(angry.levelDb).toBeGreaterThan(neutral.levelDb + 3);
    expect(sad.levelDb).toBeLessThan(neutral.levelDb - 3);
    expect(sad.samples).toBeGreaterThan(neutral.samples * 1.1);
    expect(fearful.samples).toBeLessThan(sad.samples);
  });

  it('keeps within full scale and finite in every emotion', () => {
    for (const emotion of emotions) {
      for (let speaker = 0; speaker < 6; speaker++) {
        const samples = synthesiseSpeech(drawVoice(speaker, random), emotion, random.fork(emotion));
        expect(samples.every((sample) => Math.abs(sample) < 1)).toBe(true);
        expect(samples.length / syntheticSampleRateHz).toBeGreaterThan(0.5);
        expect(samples.length / syntheticSampleRateHz).toBeLessThan(4);
      }
    }
  });
});

describe('writeSyntheticCorpus', () => {
  it('writes a corpus that readDataset takes for what it is', async () => {
    const directory = await makeFolder([]);
    const paths = await writeSyntheticCorpus(directory, { speakers: 3, clipsPerEmotion: 2 });
    expect(paths).toHaveLength(30);
    const { clips, corpora, labels, skipped } = await readDataset([directory]);
    expect(corpora).toEqual([
      { name: 'synthetic', clips: 30, speakers: 3, licence: 'none needed', synthetic: true },
    ]);
    expect(labels).toEqual(['neutral', 'happy', 'sad', 'angry', 'fearful']);
    expect(new Set(clips.map(({ speaker }) => speaker))).toEqual(new Set(['s01', 's02', 's03']));
    expect(skipped).toEqual([]);
  });

  it('writes the same bytes for the same seed, whatever the counts', async () => {
    const hash = async (seed: number, speakers: number) => {
      const directory = await makeFolder([]);
      await writeSyntheticCorpus(directory, {
        speakers,
        clipsPerEmotion: 1,
        emotions: ['sad'],
        seed,
      });
      const bytes = await readFile(`${directory}/sad/s01_001.wav`);
      return createHash('sha256').update(bytes).digest('hex');
    };
    expect(await hash(1, 1)).toBe(await hash(1, 2));
    expect(await hash(1, 1)).not.toBe(await hash(2, 1));
  });

  it.each([
    [{ speakers: 0 }, 'speakers is 0'],
    [{ clipsPerEmotion: 1.5 }, 'clipsPerEmotion is 1.5'],
    [{ emotions: ['hangry' as never] }, 'emotions has hangry'],
    [{ emotions: [] }, 'emotions is empty'],
  ])('refuses %o', async (options, message) => {
    await expect(writeSyntheticCorpus('unused', options)).rejects.toThrow(message);
  });

  it('refuses a folder with other audio', async () => {
    const directory = await makeFolder(['calm/a.wav']);
    await expect(writeSyntheticCorpus(directory)).rejects.toThrow('holds audio already');
  });
});

describe('encodePcmWav', () => {
  it('writes a 44-byte header and little-endian samples', () => {
    const bytes = encodePcmWav(Float32Array.of(0, 0.5, -1, 1), 16_000);
    expect(Buffer.from(bytes).toString('latin1', 0, 4)).toBe('RIFF');
    expect(Buffer.from(bytes).readUInt32LE(4)).toBe(bytes.length - 8);
    expect(Buffer.from(bytes).readUInt32LE(24)).toBe(16_000);
    expect([0, 1, 2, 3].map((at) => Buffer.from(bytes).readInt16LE(44 + 2 * at))).toEqual([
      0, 16384, -32768, 32767,
    ]);
    expect(() => encodePcmWav(Float32Array.of(Number.NaN), 16_000)).toThrow('samples[0] is NaN');
  });
});
