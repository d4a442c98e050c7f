import { readFileSync } from 'node:fs';
import { SerError } from '@ser/dsp-wasm';
import { expect, it } from 'vitest';
import { createRandom, mutate } from '../../../runtime/test/fixtures.ts';
import { importClassifier } from '../../src/import/import-classifier.ts';
import { importEncoder } from '../../src/import/import-encoder.ts';
import { exportPath, openExport } from './open-export.ts';

const names = ['wav2vec2-classifier', 'whisper-classifier'];
const files = ['model.onnx', 'config.json', 'preprocessor_config.json', 'model.onnx'];

it('4,000 mutants of exports give a file or a typed error', async () => {
  const random = createRandom(11);
  const read = new Map(
    names.flatMap((name) =>
      files.map((file) => [
        `${name}/${file}`,
        new Uint8Array(readFileSync(`${exportPath(name)}/${file}`)),
      ]),
    ),
  );
  const codes = new Map<string, number>();
  for (let round = 0; round < 4000; round++) {
    const name = names[round % 2]!;
    const file = files[(round >> 1) % 4]!;
    const folder = openExport(name, { [file]: mutate(read.get(`${name}/${file}`)!, random) });
    try {
      if (round % 3 === 0) await importEncoder(folder, { name: 'own' });
      else await importClassifier(folder, { version: '0.0.0' });
    } catch (error) {
      if (!(error instanceof SerError)) throw error;
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
  }
  expect([...codes.keys()].sort()).toEqual(['MODEL_INVALID']);
  expect(codes.get('MODEL_INVALID')).toBeGreaterThan(1000);
  expect(process.memoryUsage().rss).toBeLessThan(1 << 30);
}, 240_000);
