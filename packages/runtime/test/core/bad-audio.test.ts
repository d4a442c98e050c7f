import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFrontEnd, decodeAudio, SerError } from '../../src/core/index.ts';
import {
  catchSerError,
  createRandom,
  mutate,
  readFixture,
  readJsonFixture,
  repairOggChecksums,
} from '../fixtures.ts';

const names = Object.keys(readJsonFixture<{ clips: object }>('clips.expected.json').clips);
const text = (content: string) => new TextEncoder().encode(content);

async function failDecoding(bytes: Uint8Array, options = {}): Promise<SerError> {
  return catchSerError(() => decodeAudio(bytes, options));
}

describe('what is not audio', () => {
  it('an empty file', async () => {
    const error = await failDecoding(new Uint8Array());
    expect(error).toMatchObject({
      code: 'AUDIO_EMPTY',
      message: 'The file is empty: it has 0 bytes.',
    });
  });

  it('text named .wav', async () => {
    const error = await failDecoding(text('This is no audio at all.'));
    expect(error.code).toBe('AUDIO_UNSUPPORTED');
    expect(error.message).toContain('"This is "');
    expect(error.message).toContain(
      'WAV, FLAC, MP3, Ogg and WebM (Vorbis, Opus), AIFF, AU and CAF can be read',
    );
  });

  it('a known format that is not read is called by its name', async () => {
    const error = await failDecoding(readFixture('clips/aac.m4a'));
    expect(error).toMatchObject({ code: 'AUDIO_UNSUPPORTED' });
    expect(error.message).toContain('MP4 or M4A');
  });

  it('a WAV of another codec is called by its name', async () => {
    const bytes = readFixture('clips/pcm8.wav');
    bytes[20] = 49;
    const error = await failDecoding(bytes);
    expect(error.code).toBe('AUDIO_UNSUPPORTED');
    expect(error.message).toContain('The WAV file holds GSM 6.10;');
  });

  it('A-law samples of another size than its own', async () => {
    const bytes = readFixture('clips/pcm16.wav');
    bytes[20] = 6;
    const error = await failDecoding(bytes);
    expect(error.code).toBe('AUDIO_UNSUPPORTED');
    expect(error.message).toContain('A-law samples of 16 bits');
  });

  it('a WAV without samples', async () => {
    const bytes = readFixture('clips/pcm16.wav').slice(0, 44);
    new DataView(bytes.buffer).setUint32(40, 0, true);
    expect((await failDecoding(bytes)).code).toBe('AUDIO_EMPTY');
  });
});

describe('truncated files', () => {
  it('a WAV whose data chunk promises more than the file holds', async () => {
    const error = await failDecoding(readFixture('clips/pcm16.wav').slice(0, 5000));
    expect(error.code).toBe('AUDIO_DECODE_FAILED');
    expect(error.message).toContain('truncated');
    expect(error.message).toContain('promises 13230 bytes of samples and 4956 are there');
  });

  it('a WAV written as a stream, without a length, is whole', async () => {
    const bytes = readFixture('clips/pcm16.wav');
    const whole = await decodeAudio(bytes.slice());
    new DataView(bytes.buffer).setUint32(40, 0xffffffff, true);
    expect(await decodeAudio(bytes)).toEqual(whole);
  });

  // Layer II has no tag that says how many frames there are: a cut one is a stream that was left.
  const telling = names.filter((name) => name !== 'layer2.mp2');

  it.each(telling)(
    '%s cut at 40 places is never a shorter clip',
    { timeout: 60_000 },
    async (name) => {
      const bytes = readFixture(`clips/${name}`);
      // Behind its data, extra-chunks.wav has a chunk that decoding does not need.
      const end = bytes.length - (name === 'extra-chunks.wav' ? 12 : 0);
      for (let step = 0; step < 40; step++) {
        const error = await failDecoding(bytes.slice(0, Math.floor((end * step) / 40)));
        expect(error.message).toMatch(/\.$/);
        if (step > 4) expect(error.message).toContain('truncated');
      }
    },
  );
});

describe('limits', () => {
  it.each(['pcm16.wav', 'flac16.flac', 'stereo.mp3', 'stereo.ogg', 'stereo.opus'])(
    '%s longer than allowed',
    async (name) => {
      const error = await failDecoding(readFixture(`clips/${name}`), { maxDurationSec: 0.1 });
      expect(error.code).toBe('AUDIO_TOO_LONG');
      expect(error.message).toContain('cut it into pieces, or raise maxDurationSec');
    },
  );

  it('a limit that is no duration', async () => {
    const error = await failDecoding(readFixture('clips/pcm16.wav'), { maxDurationSec: 0 });
    expect(error.code).toBe('INVALID_ARGUMENT');
  });

  it('a rate that no recording has', async () => {
    const bytes = readFixture('clips/pcm16.wav');
    new DataView(bytes.buffer).setUint32(24, 0xfffffff0, true);
    expect((await failDecoding(bytes)).code).toBe('AUDIO_UNSUPPORTED');
  });
});

describe('samples that cannot be judged', async () => {
  const { frontEnd: config } = (await import('../../src/core/index.ts')).readModelFile(
    readFixture('tiny-model.onnx'),
  );
  const frontEnd = await createFrontEnd(config);
  const fail = (samples: Float32Array, sampleRateHz = 16000) =>
    catchSerError(() => frontEnd.process({ samples, sampleRateHz }));
  const tone = Float32Array.from({ length: 8000 }, (_, index) => 0.3 * Math.sin(index / 10));

  it('none', async () => {
    expect((await fail(new Float32Array())).code).toBe('AUDIO_EMPTY');
  });
  it('one', async () => {
    const error = await fail(Float32Array.of(0.5));
    expect(error.code).toBe('AUDIO_TOO_SHORT');
    expect(error.message).toContain('1 sample, 0.1 ms; at least 50 ms');
  });
  it('silence', async () => {
    expect((await fail(new Float32Array(8000))).code).toBe('AUDIO_SILENT');
    expect((await fail(new Float32Array(8000).fill(3e-5))).code).toBe('AUDIO_SILENT');
  });
  it.each([Number.NaN, Infinity, -Infinity])('%s', async (value) => {
    const samples = tone.slice();
    samples[77] = value;
    const error = await fail(samples);
    expect(error.code).toBe('AUDIO_NOT_FINITE');
    expect(error.message).toContain(`Sample 77 of the audio is ${value}`);
  });
  it('a rate that is none', async () => {
    expect((await fail(tone, 0)).code).toBe('INVALID_ARGUMENT');
    expect((await fail(tone, 16000.5)).code).toBe('INVALID_ARGUMENT');
  });
  it('a lone click in silence is heard', () => {
    const samples = new Float32Array(8000);
    samples[4000] = 0.5;
    expect(frontEnd.process({ samples, sampleRateHz: 16000 }).frames).toBeGreaterThan(0);
  });
});

/** 20,000 mutants and more, for which CI has no time: `SER_FUZZ_ROUNDS=500 vitest run bad-audio`. */
const rounds = Number(process.env.SER_FUZZ_ROUNDS ?? 50);
const timeout = 60_000 + 300 * rounds;

/** Decoding ends in a clip or a typed error, in time and in bounds. */
async function expectBounded(bytes: Uint8Array): Promise<void> {
  const started = performance.now();
  try {
    const { samples } = await decodeAudio(bytes);
    expect(samples.length).toBeGreaterThan(0);
  } catch (error) {
    if (!(error instanceof SerError)) throw error;
  }
  expect(performance.now() - started).toBeLessThan(5000);
}

describe('mutated files', () => {
  beforeAll(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterAll(() => {
    vi.restoreAllMocks();
    expect(process.resourceUsage().maxRSS).toBeLessThan(1 << 20);
  });

  it.each(names)(`${rounds} of %s give a clip or a typed error`, { timeout }, async (name) => {
    const bytes = readFixture(`clips/${name}`);
    const random = createRandom(names.indexOf(name) + 1);
    for (let round = 0; round < rounds; round++) {
      const mutant = mutate(bytes, random);
      if (/\.(ogg|opus)$/.test(name) && random(2) === 0) repairOggChecksums(mutant);
      await expectBounded(mutant);
    }
  });

  it.each([
    ...['pcm16.wav', 'ima-adpcm.wav', 'pcm24.w64', 'pcm24.aiff', 'pcm32.au', 'pcm16.caf'],
    ...['mono.flac', 'stereo.mp3', 'stereo.ogg', 'stereo.opus', 'opus.webm', 'aac.m4a'],
  ])(`${2 * rounds} of random bytes behind the beginning of %s`, { timeout }, async (name) => {
    const random = createRandom(name.length);
    const bytes = readFixture(`clips/${name}`);
    for (let round = 0; round < 2 * rounds; round++) {
      const mutant = Uint8Array.from({ length: 200 + random(4000) }, () => random(256));
      mutant.set(bytes.subarray(0, random(200)));
      if (/\.(ogg|opus)$/.test(name)) repairOggChecksums(mutant);
      await expectBounded(mutant);
    }
  });
});
