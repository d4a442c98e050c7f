/**
 * Makes public/samples from the synthetic speech of @ser/trainer: `node scripts/make-samples.mjs`, with
 * the packages built and ffmpeg at hand. Their content hangs on the seed alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSyntheticCorpus } from '../../../packages/trainer/dist/index.js';

const corpus = mkdtempSync(join(tmpdir(), 'ser-samples-'));
const samples = new URL('../public/samples/', import.meta.url).pathname;
const singles = {
  fearful: ['fearful/s06_002.wav'],
  sad: ['sad/s03_002.wav'],
  angry: ['angry/s01_002.wav'],
  medley: [
    ...['neutral/s01_001.wav', 'happy/s02_003.wav', 'fearful/s06_002.wav'],
    ...['angry/s05_002.wav', 'sad/s03_002.wav', 'sad/s04_003.wav'],
  ],
};

await writeSyntheticCorpus(corpus, { speakers: 6, clipsPerEmotion: 3, seed: 5 });
mkdirSync(samples, { recursive: true });
for (const [name, parts] of Object.entries(singles)) {
  const list = join(corpus, 'list.txt');
  const pause = join(corpus, 'pause.wav');
  run('-f', 'lavfi', '-i', 'anullsrc=r=22050:cl=mono', '-t', '0.7', '-c:a', 'pcm_s16le', pause);
  const files = parts.flatMap((part) => [join(corpus, part), pause]);
  writeFileSync(list, files.map((file) => `file '${file}'\n`).join(''));
  const out = join(samples, `${name}.opus`);
  const settings = [
    '-c:a',
    'libopus',
    '-b:a',
    '32k',
    '-map_metadata',
    '-1',
    '-fflags',
    '+bitexact',
  ];
  run(
    '-f',
    'concat',
    '-safe',
    '0',
    '-i',
    list,
    '-ar',
    '48000',
    '-af',
    'volume=9dB',
    ...settings,
    out,
  );
}
rmSync(corpus, { recursive: true });

function run(...args) {
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', ...args], { stdio: 'inherit' });
}
