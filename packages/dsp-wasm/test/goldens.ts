import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { GoldenIndex, GoldenSettings } from '../../../test/goldens/suite.ts';

const folder = new URL('../../../test/goldens/', import.meta.url);

export function readGoldenText(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

export function readGoldenNumbers(name: string): Float32Array {
  const bytes = gunzipSync(readFileSync(new URL(name, folder)));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

export const goldenSettings = readGoldenText('settings.json') as GoldenSettings;

export function readGoldenIndex(name: string): GoldenIndex {
  return readGoldenText(name) as GoldenIndex;
}
