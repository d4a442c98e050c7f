import { describe, expect, it } from 'vitest';
import { readWhisperModelBin, readWhisperSafetensors } from '../src/index.ts';
import { readModelBin } from '../src/model-bin.ts';
import { readSafetensors } from '../src/safetensors.ts';
import { readFixture, whisperConfig } from './fixtures.ts';

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'ENCODER_INVALID', message: expect.stringMatching(message) });

function encodeSafetensors(header: unknown, data = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (part: object = {}) => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...part });
const eight = new Uint8Array(8);

describe('safetensors', () => {
  it('gives float32, float16 and bfloat16, and leaves other types out', () => {
    const data = Uint8Array.of(0, 0, 0xc0, 0x3f, 0x00, 0x3e, 0xc0, 0x3f);
    const { tensors, metadata } = readSafetensors(
      encodeSafetensors(
        {
          __metadata__: { format: 'pt' },
          whole: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          half: { dtype: 'F16', shape: [1, 1], data_offsets: [4, 6] },
          brain: { dtype: 'BF16', shape: [], data_offsets: [6, 8] },
          count: { dtype: 'I64', shape: [1], data_offsets: [0, 8] },
        },
        data,
      ),
    );
    expect([...tensors.keys()]).toEqual(['whole', 'half', 'brain']);
    expect([...tensors.values()].map(({ read }) => [...read()])).toEqual([[1.5], [1.5], [1.5]]);
    expect(tensors.get('half')!.shape).toEqual([1, 1]);
    expect(metadata.get('format')).toBe('pt');
  });

  it('takes names that objects have for names', () => {
    const bytes = encodeSafetensors(
      `{"__proto__":${JSON.stringify(entry())},"constructor":${JSON.stringify(entry())}}`,
      eight,
    );
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual(['__proto__', 'constructor']);
    expect(readSafetensors(encodeSafetensors({})).tensors.get('toString')).toBeUndefined();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no header', new Uint8Array(7), /no header/],
    ['a header of 2⁶⁴ − 1 bytes', new Uint8Array(8).fill(255), /cut off/],
    ['a header beyond the file', Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123), /would have 9 bytes/],
    ['no JSON', encodeSafetensors('{'), /not JSON/],
    ['a list', encodeSafetensors([]), /not a list of tensors/],
    ['null', encodeSafetensors('null'), /not a list of tensors/],
    ['an entry of nothing', encodeSafetensors({ a: null }), /tensor a lies/],
    ['a negative offset', encodeSafetensors({ a: entry({ data_offsets: [-8, 0] }) }), /a lies/],
    ['a broken offset', encodeSafetensors({ a: entry({ data_offsets: [0.5, 8] }) }), /a lies/],
    ['turned offsets', encodeSafetensors({ a: entry({ data_offsets: [8, 0] }) }, eight), /8 to 0/],
    ['data beyond the file', encodeSafetensors({ a: entry() }, eight.subarray(1)), /of 7 bytes/],
    ['another shape', encodeSafetensors({ a: entry({ shape: [3] }) }, eight), /shape \[3\]/],
    [
      'a shape whose product is no number',
      encodeSafetensors({ a: entry({ shape: [2 ** 50, 2 ** 50] }) }, eight),
      /8 bytes for the shape/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(invalid(message));
  });

  it.each(['whisper.safetensors', 'whisper.float16.safetensors'])(
    'refuses %s cut anywhere',
    (name) => {
      const whole = readFixture(name);
      for (let length = 0; length < whole.length; length += 97) {
        expect(() => readSafetensors(whole.subarray(0, length))).toThrow(invalid(/./));
      }
    },
  );
});

describe('model.bin', () => {
  const whole = readFixture('whisper.float32.model.bin');

  it('gives the name of the model and its variables, those with two names too', () => {
    const { spec, revision, tensors } = readModelBin(whole);
    expect({ spec, revision }).toEqual({ spec: 'WhisperSpec', revision: 3 });
    expect([...tensors.get('encoder/num_heads')!.read()]).toEqual([2]);
    expect(tensors.get('encoder/conv1/weight')!.shape).toEqual([12, 8, 3]);
    // The decoder's embeddings are its last layer's weights.
    const [first, second] = ['embeddings', 'projection'].map((name) =>
      tensors.get(`decoder/${name}/weight`)!.read(),
    );
    expect(first).toEqual(second);
  });

  it('refuses a file cut anywhere', () => {
    for (let length = 0; length < whole.length; length += 97) {
      expect(() => readModelBin(whole.subarray(0, length))).toThrow(invalid(/./));
    }
  });

  it('refuses or reads a file with any byte changed, within its bytes', () => {
    for (let at = 0; at < 400; at++) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 0xff;
      try {
        for (const { read } of readModelBin(changed).tensors.values()) read();
      } catch (error) {
        expect(error).toEqual(invalid(/./));
      }
    }
  });

  it('refuses another version, and another model', () => {
    const changed = Uint8Array.from(whole);
    changed[0] = 5;
    expect(() => readModelBin(changed)).toThrow(invalid(/version 6: it says 5/));
    const other = Uint8Array.from(whole);
    other[6] = 'X'.charCodeAt(0);
    expect(() => readWhisperModelBin(other)).toThrow(invalid(/a XhisperSpec, not a Whisper/));
  });
});

describe("Whisper's weights", () => {
  const names = ['conv1.weight', 'conv2.bias', 'embed_positions.weight'].concat(
    ['q_proj.weight', 'q_proj.bias', 'k_proj.weight', 'v_proj.bias', 'out_proj.weight'].map(
      (name) => `layers.1.self_attn.${name}`,
    ),
    ['self_attn_layer_norm.weight', 'fc1.bias', 'fc2.weight', 'final_layer_norm.bias'].map(
      (name) => `layers.2.${name}`,
    ),
  );
  const shapeOf = (name: string) =>
    readSafetensors(readFixture('whisper.float16.safetensors')).tensors.get(name)!.shape;

  it('are the same in a model.bin and in safetensors', () => {
    const one = readWhisperSafetensors(readFixture('whisper.float16.safetensors'));
    const other = readWhisperModelBin(readFixture('whisper.float16.model.bin'));
    const size = { width: 12, heads: 2, layers: 3, bands: 8, positions: 50, innerWidth: 20 };
    expect(one).toMatchObject(size);
    expect(other).toMatchObject(size);
    for (const name of names) {
      expect(other.read(name, shapeOf(name)), name).toEqual(one.read(name, shapeOf(name)));
    }
  });

  it('in int8 are within half a step of their row', () => {
    const exact = readWhisperModelBin(readFixture('whisper.float32.model.bin'));
    const rough = readWhisperModelBin(readFixture('whisper.int8.model.bin'));
    const name = 'layers.0.fc1.weight';
    const [values, found] = [exact, rough].map((weights) => weights.read(name, [20, 12]));
    for (let row = 0; row < 20; row++) {
      const line = values!.subarray(row * 12, (row + 1) * 12);
      const step = line.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
      line.forEach((value, at) => {
        expect(Math.abs(found![row * 12 + at]! - value)).toBeLessThan(0.501 * step);
      });
    }
  });

  it.each<[string, unknown, RegExp]>([
    ['a width that is no multiple of 64 without a config', undefined, /0.1875 heads for 12/],
    ['a config of something else', { heads: 2 }, /lacks encoder_attention_heads/],
    ['heads that do not divide the width', { encoder_attention_heads: 5 }, /5 heads for 12/],
  ])('refuse %s', (_, config, message) => {
    const bytes = readFixture('whisper.safetensors');
    expect(() => readWhisperSafetensors(bytes, config)).toThrow(invalid(message));
  });

  it('refuse a file of something else', () => {
    const other = encodeSafetensors({ a: entry() }, eight);
    expect(() => readWhisperSafetensors(other)).toThrow(invalid(/conv1.weight is missing/));
  });

  it('refuse positions that are not the sinusoid', () => {
    const bytes = Uint8Array.from(readFixture('whisper.safetensors'));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const [start] = header['model.encoder.embed_positions.weight'].data_offsets;
    bytes.fill(0, 8 + length + start, 8 + length + start + 96);
    expect(() => readWhisperSafetensors(bytes, whisperConfig)).toThrow(invalid(/of its own/));
  });

  it('say which tensor is missing or has another shape', () => {
    const weights = readWhisperSafetensors(readFixture('whisper.safetensors'), whisperConfig);
    expect(() => weights.read('layers.3.fc1.bias', [20])).toThrow(
      invalid(/lack layers.3.fc1.bias/),
    );
    expect(() => weights.read('conv1.bias', [13])).toThrow(invalid(/has the shape \[12\]/));
  });
});
