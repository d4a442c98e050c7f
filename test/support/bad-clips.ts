import { encodeFloatWav } from './encode-float-wav.ts';

const tone = Float32Array.from({ length: 16_000 }, (_, at) => 0.3 * Math.sin(at / 9));

/** Files that cannot be judged: what is in them, the error's code, and its reason. */
export const badClips = [
  { name: 'empty.wav', bytes: Buffer.alloc(0), code: 'AUDIO_EMPTY', reason: /empty/ },
  {
    name: 'text.wav',
    bytes: Buffer.from('Dear diary, this is no sound.'),
    code: 'AUDIO_UNSUPPORTED',
    reason: /WAV, FLAC, MP3/,
  },
  {
    name: 'truncated.wav',
    bytes: encodeFloatWav(tone).subarray(0, 20_000),
    code: 'AUDIO_DECODE_FAILED',
    reason: /truncated/,
  },
  {
    name: 'nan.wav',
    bytes: encodeFloatWav(tone.slice().fill(Number.NaN, 100, 101)),
    code: 'AUDIO_NOT_FINITE',
    reason: /Sample 100 of the audio is NaN/,
  },
  {
    name: 'one-sample.wav',
    bytes: encodeFloatWav(new Float32Array([0.5])),
    code: 'AUDIO_TOO_SHORT',
    reason: /1 sample/,
  },
  {
    name: 'silent.wav',
    bytes: encodeFloatWav(new Float32Array(16_000)),
    code: 'AUDIO_SILENT',
    reason: /silent/,
  },
];
