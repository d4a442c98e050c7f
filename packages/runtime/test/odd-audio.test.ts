import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudio } from '../src/core/index.ts';
import { type Classifier, createClassifier, type Prediction } from '../src/node.ts';
import {
  ape,
  bigEndian,
  chunk,
  findFlacFrames,
  formatChunk,
  id3v1,
  id3v2,
  join,
  joinPages,
  littleEndian,
  lyrics3,
  type Page,
  riff,
  splitPages,
  toInt16,
  wav,
} from './build-audio.ts';
import { catchSerError, fixturePath, readFixture } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

/** A file, and the file that it must be heard as, or the error that it must end in. */
type Case = [name: string, bytes: Uint8Array, outcome: Uint8Array | RegExp];

const rate = 16_000;
const voice = synthesiseVoice(0.6, rate);
const pcm = toInt16(voice);
const clean = wav(pcm);
const twice = wav(join(pcm, pcm));
const interleave = (left: ArrayLike<number>, right: ArrayLike<number>) =>
  Array.from({ length: 2 * left.length }, (_, at) => (at % 2 ? right : left)[at >> 1]!);
const stereo = (left: ArrayLike<number>, right: ArrayLike<number>) =>
  toInt16(interleave(left, right));
const toFloat32 = (samples: ArrayLike<number>) => new Uint8Array(Float32Array.from(samples).buffer);
const floats = toFloat32(voice);
const bytes8 = Uint8Array.from(voice, (value) => Math.round(128 + 127 * value));
/** The same samples in the upper half of 32 bits. */
const in32 = new Uint8Array(
  Int32Array.from(new Int16Array(pcm.buffer), (value) => value * 65_536).buffer,
);
const guidTail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const extensible = (tag: number, validBits: number, mask: number) => [
  ...littleEndian(22, 2),
  ...littleEndian(validBits, 2),
  ...littleEndian(mask, 4),
  ...littleEndian(tag, 2),
  ...guidTail,
];
const zeros = (count: number) => new Uint8Array(count);
const text = (content: string) => join(content);

const header: Case[] = [
  ...[0, 1, 4, 6].map(
    (align): Case => [`mono of 16 bits in frames of ${align} bytes`, wav(pcm, { align }), clean],
  ),
  [
    'mono of 8 bits in frames of 2 bytes',
    wav(bytes8, { bits: 8, align: 2 }),
    wav(bytes8, { bits: 8 }),
  ],
  ['stereo in frames of 2 bytes', wav(stereo(voice, voice), { channels: 2, align: 2 }), clean],
  [
    'float in frames of 8 bytes',
    wav(floats, { tag: 3, bits: 32, align: 8 }),
    wav(floats, { tag: 3, bits: 32 }),
  ],
  [
    'extensible with a wrong frame, odd valid bits and a mask of other speakers',
    wav(pcm, { tag: 0xfffe, align: 4, extension: extensible(1, 13, 0x30f) }),
    clean,
  ],
  ['24 bits in frames of 4 bytes', wav(in32, { bits: 24, align: 4 }), clean],
  [
    'A-law said to have 16 bits',
    wav(bytes8, { tag: 6, bits: 16, align: 1 }),
    wav(bytes8, { tag: 6, bits: 8 }),
  ],
  ['big-endian RIFX', riffBigEndian(), clean],
  ['no channel', wav(pcm, { channels: 0, align: 2 }), /says 0 channels; 1 to 256/],
  ['no bits', wav(pcm, { bits: 0, align: 2 }), /AUDIO_UNSUPPORTED.* PCM samples of 0 bits/],
  ['float of 24 bits', wav(pcm, { tag: 3, bits: 24 }), /float samples of 24 bits/],
  ['ADPCM without blocks', wav(pcm, { tag: 17, bits: 4, align: 4 }), /ADPCM blocks of 4 bytes/],
  ['GSM', wav(pcm, { tag: 49, bits: 0, align: 65 }), /holds GSM 6\.10; .*ffmpeg -i FILE NEW\.wav/],
];

function riffBigEndian(): Uint8Array {
  const swapped = new Uint8Array(Buffer.from(pcm).swap16());
  const fields = [
    [1, 2],
    [1, 2],
    [rate, 4],
    [2 * rate, 4],
    [2, 2],
    [16, 2],
  ] as const;
  const format = fields.flatMap(([value, size]) => bigEndian(value, size));
  const chunks = join(
    'WAVEfmt ',
    bigEndian(16, 4),
    format,
    'data',
    bigEndian(pcm.length, 4),
    swapped,
  );
  return join('RIFX', bigEndian(chunks.length, 4), chunks);
}

const streamed: Case[] = [
  ...[
    0x7fff_ffff, 0x7fff_f000, 0x7f00_0000, 0x8000_0000, 0x7fff_ffdb, 0xffff_ffdb, 0xffff_ffff,
  ].map(
    (size): Case => [
      `a length of 0x${size.toString(16)}`,
      wav(pcm, {}, { data: size, riff: size }),
      clean,
    ],
  ),
  ['a length of 0', wav(pcm, {}, { data: 0, riff: 0 }), clean],
  ['a length of 0 in a file of 36 bytes', wav(pcm, {}, { data: 0, riff: 36 }), clean],
  ['any length in a file of no length', wav(pcm, {}, { data: 0x1234_5679, riff: 0 }), clean],
  ['the length of the file', wav(pcm, {}, { data: clean.length }), clean],
  [
    'RF64 of an unknown length',
    join(
      'RF64',
      riff(
        [chunk('ds64', zeros(28)), formatChunk({}), chunk('data', pcm, 0xffff_ffff)],
        0xffff_ffff,
      ).subarray(4),
    ),
    clean,
  ],
  [
    'two files of no length',
    join(wav(pcm, {}, { data: 0xffff_ffff }), wav(pcm, {}, { data: 0xffff_ffff })),
    twice,
  ],
  ['a cut file', clean.slice(0, 9000), /promises 19200 bytes of samples and 8956 are there/],
  [
    'a cut file of RF64',
    join(
      'RF64',
      riff([
        chunk('ds64', [...zeros(8), ...littleEndian(pcm.length, 8), ...zeros(12)]),
        formatChunk({}),
        chunk('data', pcm, 0xffff_ffff),
      ]).subarray(4, 9000),
    ),
    /truncated/,
  ],
  ['an empty file', wav(zeros(0)), /AUDIO_EMPTY/],
  [
    'an empty file with a title',
    join(wav(zeros(0)), chunk('LIST', text('INFOISFT\x02\0\0\0a\0'))),
    /AUDIO_EMPTY/,
  ],
];

const joinedWav: Case[] = [
  ['a file behind a file', join(clean, clean), twice],
  [
    'a line end, zeros and tags between',
    join(clean, '\r\n', id3v1, id3v2(40), zeros(50), clean),
    twice,
  ],
  ['a stereo file behind', join(clean, wav(stereo(voice, voice), { channels: 2 })), twice],
  ['a cut file behind', join(clean, clean.slice(0, 9000)), /truncated/],
  ['two chunks of samples', riff([formatChunk({}), chunk('data', pcm), chunk('data', pcm)]), twice],
  [
    'an empty chunk of samples first',
    riff([formatChunk({}), chunk('data', []), chunk('data', pcm)]),
    clean,
  ],
  [
    'an odd chunk without its padding',
    riff([formatChunk({}), join(chunk('note', [1, 2, 3]).subarray(0, 11), chunk('data', pcm))]),
    clean,
  ],
  [
    'chunks without samples behind',
    join(clean, chunk('LIST', text('INFO')), chunk('id3 ', id3v2(20))),
    clean,
  ],
  ['a tag behind', join(clean, id3v1), clean],
  ['zeros behind', join(clean, zeros(99)), clean],
  [
    'a file of another rate behind',
    join(clean, wav(pcm, { rate: 8000 })),
    /another stream follows after 0\.600 s, of 8000 Hz/,
  ],
  [
    'samples behind those that the header counts',
    riff([formatChunk({}), join(chunk('data', pcm, 4000))]),
    /no chunk/,
  ],
];

const mp3 = readFixture('clips/mono16k.mp3');
/** Frames of 32 kbit/s at 16 kHz have 144 bytes; the first, of 200, holds the encoder's tag. */
const ninth = 200 + 8 * 144;
const bare = mp3.slice(200);
const mp3Around: Case[] = [
  ['zeros before', join(zeros(100), bare), bare],
  ['an APE tag before', join(ape(true), mp3), mp3],
  ['several tags before', join(id3v2(300), ape(true), id3v2(40), mp3), mp3],
  ['a line end behind', join(bare, '\n'), bare],
  ['a cut frame behind', join(bare, bare.slice(0, 70)), bare],
  ['what is no frame behind', join(bare, text('an odd note')), bare],
  ['APE tags of both versions behind', join(bare, ape(false), ape(true), id3v1), bare],
  ['lyrics behind', join(bare, lyrics3, id3v1), bare],
  ['a cut file', mp3.slice(0, 3000), /truncated, its header promises \d+ frames and \d+ are there/],
  ['text', text('This is no sound.\n'.repeat(80)), /AUDIO_UNSUPPORTED.*starts with the text/],
  [
    'damage between frames',
    join(mp3.slice(0, ninth), zeros(7).fill(85), mp3.slice(ninth)),
    /no frame at byte 1352/,
  ],
  [
    'a rate that changes',
    join(mp3, readFixture('clips/stereo.mp3')),
    /another stream follows after 1\.\d+ s, of 44100 Hz/,
  ],
];
const tagsBetween: [name: string, tags: Uint8Array][] = [
  ['ID3v1', id3v1],
  ['ID3v2', id3v2(130)],
  ['both, twice', join(id3v1, id3v2(130), id3v1, id3v2(99))],
  ['APE', ape(true)],
  ['APE without a header and ID3v1', join(ape(false), id3v1)],
  ['lyrics', join(lyrics3, id3v1)],
  ['a cut frame and a tag', join(bare.slice(0, 90), id3v2(130))],
  ['zeros', zeros(64)],
];
const joinedMp3 = tagsBetween.map(
  ([name, tags]): Case => [`${name} between`, join(mp3, tags, mp3), join(mp3, mp3)],
);
joinedMp3.push([
  'another that begins within a frame',
  join(mp3, bare.slice(100)),
  join(mp3, bare.slice(144)),
]);
joinedMp3.push([
  'zeros in the place of frames',
  join(bare.slice(0, 144 * 9), zeros(288), bare.slice(144 * 11)),
  /no frame at byte 1296/,
]);
joinedMp3.push([
  'the first of two cut',
  join(mp3.slice(0, ninth + 90), id3v2(130), mp3),
  /its header promises \d+ frames and 8 are there/,
]);

const flac = readFixture('clips/mono.flac');
const unknown = flac.slice();
unknown.fill(0, 22, 26);
unknown[21]! &= 0xf0;
const frames = findFlacFrames(unknown);
const third = frames[2]!;
const flip = (bytes: Uint8Array, place: number) => {
  const copy = bytes.slice();
  copy[place]! ^= 16;
  return copy;
};
const flacs: Case[] = [
  ['an unknown length', unknown, flac],
  ['a tag behind', join(unknown, id3v1), flac],
  ['damage where a frame starts', flip(unknown, third), /begins neither a frame nor a tag/],
  ['damage within a frame', flip(unknown, third + 50), /the checksum/],
  [
    'zeros between frames',
    join(unknown.slice(0, third), zeros(64), unknown.slice(third)),
    /neither a frame/,
  ],
  [
    'a frame lost',
    join(unknown.slice(0, third), unknown.slice(frames[3])),
    /frames are missing before/,
  ],
  [
    'frames that the header does not count',
    join(flac, flac.slice(third)),
    /more frames follow the \d+ samples/,
  ],
];

const opus = readFixture('clips/stereo.opus');
const vorbis = readFixture('clips/stereo.ogg');
const change = (ogg: Uint8Array, edit: (pages: Page[]) => Page[]) =>
  joinPages(edit(splitPages(ogg)));
const withoutEnd = (pages: Page[]) => pages.map((page) => ({ ...page, flags: page.flags & ~4 }));
const withEmptyPacket = (pages: Page[]) => [
  ...withoutEnd(pages),
  { ...pages.at(-1)!, flags: 4, sequence: pages.length, lacing: Uint8Array.of(0), body: zeros(0) },
];
const renamed = (ogg: Uint8Array) =>
  change(ogg, (pages) => pages.map((page) => ({ ...page, serial: page.serial + 1 })));
const oggs = [opus, vorbis].flatMap((ogg, index): Case[] => {
  const kind = index === 0 ? 'Opus' : 'Vorbis';
  return [
    [`${kind} without an end mark`, change(ogg, withoutEnd), ogg],
    [`${kind} without an end mark and with a line end`, join(change(ogg, withoutEnd), '\r\n'), ogg],
    [`${kind} with zeros behind`, join(ogg, zeros(100)), ogg],
    [`${kind} with what is no page behind`, join(ogg, 'a note'), ogg],
    [`${kind} with an empty packet at its end`, change(ogg, withEmptyPacket), ogg],
    [`${kind} behind a tag`, join(id3v2(200), ogg), ogg],
    [`${kind}, cut`, ogg.slice(0, -200), /truncated/],
    [`${kind}, cut, without an end mark`, change(ogg, withoutEnd).slice(0, -200), /truncated/],
    [
      `${kind} with a page lost`,
      change(ogg, (pages) => pages.toSpliced(2, 1)),
      /page 2 of its stream is missing/,
    ],
    [
      `${kind} with a damaged start of its last page`,
      change(ogg, withoutEnd).with(lastPage(ogg), 1),
      /no page at byte/,
    ],
  ];
});

function lastPage(ogg: Uint8Array): number {
  return ogg.length - joinPages(splitPages(ogg).slice(-1)).length;
}

const others: Case[] = [
  ['an ID3 tag with zeros behind before WAV', join(id3v2(138), zeros(50), clean), clean],
  ['a tag behind AU', join(readFixture('clips/pcm32.au'), id3v1), readFixture('clips/pcm32.au')],
  [
    'more than AU counts',
    join(readFixture('clips/pcm32.au'), pcm.subarray(2000, 3000)),
    /more follow/,
  ],
  ['an ID3 tag before WAV', join(id3v2(138), clean), clean],
  [
    'an ID3 tag before AIFF',
    join(id3v2(138), readFixture('clips/pcm24.aiff')),
    readFixture('clips/pcm24.aiff'),
  ],
  [
    'AU of an unknown length',
    readFixture('clips/pcm32.au').fill(255, 8, 12),
    readFixture('clips/pcm32.au'),
  ],
  ['AU, cut', readFixture('clips/pcm32.au').slice(0, 3000), /AU data .* truncated/],
  ['AIFF, cut', readFixture('clips/pcm24.aiff').slice(0, 3000), /AIFF data .* truncated/],
  ['CAF, cut', readFixture('clips/pcm16.caf').slice(0, 6000), /CAF data .* truncated/],
  ['Wave64, cut', readFixture('clips/pcm24.w64').slice(0, 3000), /WAV data .* truncated/],
  ['WebM, cut', readFixture('clips/opus.webm').slice(0, 3000), /WebM data .* truncated/],
  ['M4A', readFixture('clips/aac.m4a'), /is MP4 or M4A with AAC; .*ffmpeg -i FILE NEW\.wav/],
];

const shift = (gain: number, offset: number) => voice.map((value) => gain * value + offset);
const turned = shift(-1, 0);
const channels: Case[] = [
  ['a channel that is turned over', wav(stereo(voice, turned), { channels: 2 }), clean],
  [
    'the louder of two that cancel each other',
    wav(
      stereo(
        turned.map((value) => 0.9 * value),
        voice,
      ),
      { channels: 2 },
    ),
    clean,
  ],
  [
    'one silent channel',
    wav(stereo(voice, zeros(voice.length)), { channels: 2 }),
    wav(toInt16(voice.map((value) => value / 2))),
  ],
  [
    'quiet speech between offsets of either sign',
    wav(toFloat32(interleave(shift(0.02, 0.2), shift(0.02, -0.2))), {
      tag: 3,
      channels: 2,
      bits: 32,
    }),
    wav(toFloat32(shift(0.02, 0)), { tag: 3, bits: 32 }),
  ],
  [
    'silence in both',
    wav(stereo(zeros(voice.length), zeros(voice.length)), { channels: 2 }),
    /AUDIO_SILENT/,
  ],
];

describe('files as the world has them', () => {
  let classifier: Classifier;
  const folder = mkdtempSync(joinPath(tmpdir(), 'ser-odd-'));
  const path = joinPath(folder, 'clip');
  beforeAll(async () => {
    classifier = await createClassifier(fixturePath('tiny-model.onnx'));
  });
  afterAll(async () => {
    await classifier.dispose();
    rmSync(folder, { recursive: true });
  });

  const twins = new Map<Uint8Array, Prediction>();

  async function predict(bytes: Uint8Array) {
    writeFileSync(path, bytes);
    return classifier.predict(path, { speechCheck: false });
  }

  describe.each([
    ['WAV whose fields contradict each other', header],
    ['WAV of an unknown length', streamed],
    ['WAV that was joined', joinedWav],
    ['MP3 with something around it', mp3Around],
    ['MP3 that was joined', joinedMp3],
    ['FLAC', flacs],
    ['Ogg', oggs],
    ['others', others],
    ['stereo', channels],
  ])('%s', (_, cases) => {
    it.each(cases)('%s', async (_, bytes, outcome) => {
      if (outcome instanceof RegExp) {
        const error = await catchSerError(() => predict(bytes));
        expect(`${error.code} ${error.message}`).toMatch(outcome);
        return;
      }
      const heard = await predict(bytes);
      const expected = twins.get(outcome) ?? (await predict(outcome));
      twins.set(outcome, expected);
      expect(heard.durationSec).toBeCloseTo(expected.durationSec, 2);
      for (const [label, probability] of Object.entries(expected.probabilities)) {
        expect(heard.probabilities[label]).toBeCloseTo(probability, 3);
      }
    });
  });

  it('follows joined MP3 through time to its end', async () => {
    writeFileSync(path, join(mp3, id3v1, id3v2(130), mp3, id3v1, mp3));
    const windows = [];
    for await (const window of classifier.timeline(path, { windowSec: 1 })) windows.push(window);
    expect(windows.at(-1)!.endSec).toBeGreaterThan(3.5);
  });
});

describe('what is heard of joined streams', () => {
  const both = async (bytes: Uint8Array) => {
    const { samples } = await decodeAudio(bytes);
    return {
      length: samples.length,
      halves: [samples.slice(0, samples.length / 2), samples.slice(samples.length / 2)],
    };
  };

  it.each([
    ['FLAC', join(flac, flac), flac],
    ['FLAC of unknown length', join(unknown, id3v1, unknown), flac],
    ['Opus', join(opus, renamed(opus)), opus],
    ['Opus with the same serial number', join(opus, opus), opus],
    ['Opus with a line end and a tag between', join(opus, '\n', id3v1, opus), opus],
    ['Vorbis without end marks', join(change(vorbis, withoutEnd), renamed(vorbis)), vorbis],
    [
      'AU',
      join(readFixture('clips/pcm32.au'), readFixture('clips/pcm32.au')),
      readFixture('clips/pcm32.au'),
    ],
    [
      'AIFF',
      join(readFixture('clips/pcm24.aiff'), readFixture('clips/pcm24.aiff')),
      readFixture('clips/pcm24.aiff'),
    ],
    [
      'CAF',
      join(readFixture('clips/pcm16.caf'), readFixture('clips/pcm16.caf')),
      readFixture('clips/pcm16.caf'),
    ],
    [
      'Wave64',
      join(readFixture('clips/pcm24.w64'), readFixture('clips/pcm24.w64')),
      readFixture('clips/pcm24.w64'),
    ],
    [
      'WebM',
      join(readFixture('clips/opus.webm'), readFixture('clips/opus.webm')),
      readFixture('clips/opus.webm'),
    ],
  ])('%s: both', async (_, joined, one) => {
    const { samples } = await decodeAudio(one);
    const { length, halves } = await both(joined);
    expect(length).toBe(2 * samples.length);
    expect(halves[0]).toEqual(samples);
    expect(halves[1]).toEqual(samples);
  });

  it('a chain of another rate is an error that says where', async () => {
    const other = change(readFixture('clips/mono16k.ogg'), (pages) =>
      pages.map((page) => ({ ...page, serial: 77 })),
    );
    const error = await catchSerError(() => decodeAudio(join(vorbis, other)));
    expect(error.message).toMatch(
      /follows after 1\.2\d\d s, of 16000 Hz where the first has 44100 Hz/,
    );
  });
});

describe('counts of samples in Ogg that are wrong', () => {
  const wrong: [name: string, toGranule: (granule: number) => number][] = [
    ['in another unit', (granule) => Math.floor(granule / 3)],
    ['none at all', () => 0],
    ['too large', (granule) => 7 * granule],
  ];
  const headers = 2;

  it.each(wrong)('%s: all of Opus is heard', async (_, toGranule) => {
    const bytes = change(opus, (pages) =>
      pages.map((page, index) =>
        index < headers ? page : { ...page, granule: toGranule(page.granule) },
      ),
    );
    const { samples } = await decodeAudio(bytes);
    const right = (await decodeAudio(opus)).samples;
    // The padding at the end, less than a packet, cannot be told from sound.
    expect(samples.length - right.length).toBeGreaterThanOrEqual(0);
    expect(samples.length - right.length).toBeLessThan(960);
    expect(samples.subarray(0, right.length)).toEqual(right);
  });

  it.each(wrong.slice(0, 2))('%s: all of Vorbis is heard', async (_, toGranule) => {
    const bytes = change(vorbis, (pages) =>
      pages.map((page, index) =>
        index < headers ? page : { ...page, granule: toGranule(page.granule) },
      ),
    );
    const right = (await decodeAudio(vorbis)).samples;
    const { samples } = await decodeAudio(bytes);
    expect(samples.length - right.length).toBeGreaterThanOrEqual(0);
    expect(samples.length - right.length).toBeLessThan(2048);
  });
});
