import { expect, it } from 'vitest';
import { decodeText } from '../../src/core/decode-text.ts';

const text = '{"ä": "漢"}\r\n';
const le = Buffer.from(text, 'utf16le');
const be = Buffer.from(le).swap16();

it.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16, little endian, with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), le])],
  ['UTF-16, little endian', le],
  ['UTF-16, big endian, with a mark', Buffer.concat([Buffer.from([0xfe, 0xff]), be])],
  ['UTF-16, big endian', be],
])('reads %s', (_, bytes) => {
  expect(decodeText(bytes)).toBe(text);
});

it('reads what is empty, or one letter', () => {
  expect(decodeText(new Uint8Array())).toBe('');
  expect(decodeText(Buffer.from('7'))).toBe('7');
});
