import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { writeFileAtomic } from '../atomic-file.ts';
import { createRandom } from '../random.ts';
import { emotions as allEmotions, type Emotion } from './emotions.ts';
import { listAudioFiles } from './list-audio-files.ts';
import { encodePcmWav } from './synthetic/pcm-wav.ts';
import { synthesiseSpeech, syntheticSampleRateHz } from './synthetic/synthesise-speech.ts';
import { drawVoice } from './synthetic/voice.ts';

export interface SyntheticCorpusOptions {
  /** How many speakers, half of them with low voices. Default 16. */
  speakers?: number;
  /** Clips of each speaker in each emotion. Default 12. */
  clipsPerEmotion?: number;
  /** Default neutral, happy, sad, angry, fearful. */
  emotions?: readonly Emotion[];
  /** The same seed and counts give the same bytes. Default 0. */
  seed?: number;
}

/**
 * Writes a small corpus of synthetic emotional speech: 16-bit WAV files of 22,050 Hz, one folder a
 * label, named `s03_012.wav` by speaker, with a `corpus.json` that says it is synthetic. It is there
 * to run the whole chain where no recording may be used; a score on it says nothing about people.
 *
 * A speaker and a clip do not depend on how many others are asked for.
 *
 * @returns the paths written, sorted
 * @throws SerError INVALID_ARGUMENT for a count or an emotion that is not allowed, DATASET_INVALID
 *   where `directory` holds audio already
 * @example
 * await writeSyntheticCorpus('demo/corpus', { speakers: 6, clipsPerEmotion: 10, seed: 1 });
 * const dataset = await readDataset(['demo/corpus']);
 */
export async function writeSyntheticCorpus(
  directory: string,
  options: SyntheticCorpusOptions = {},
): Promise<string[]> {
  const {
    speakers = 16,
    clipsPerEmotion = 12,
    emotions = ['neutral', 'happy', 'sad', 'angry', 'fearful'],
    seed = 0,
  } = options;
  checkCount('speakers', speakers);
  checkCount('clipsPerEmotion', clipsPerEmotion);
  if (emotions.length === 0) {
    throw new SerError('INVALID_ARGUMENT', 'emotions is empty; name at least one.');
  }
  for (const emotion of emotions) {
    if (!allEmotions.includes(emotion)) {
      throw new SerError(
        'INVALID_ARGUMENT',
        `emotions has ${emotion}; allowed are ${allEmotions.join(', ')}.`,
      );
    }
  }
  await mkdir(directory, { recursive: true });
  if ((await listAudioFiles(directory)).files.length > 0) {
    throw new SerError(
      'DATASET_INVALID',
      `${directory} holds audio already; give an empty folder.`,
    );
  }

  const corpusFile = { name: 'synthetic', licence: 'none needed', synthetic: true };
  await writeFileAtomic(join(directory, 'corpus.json'), `${JSON.stringify(corpusFile, null, 2)}\n`);

  const random = createRandom(seed);
  const paths: string[] = [];
  for (let speaker = 0; speaker < speakers; speaker++) {
    const voice = drawVoice(speaker, random);
    for (const emotion of new Set(emotions)) {
      for (let take = 1; take <= clipsPerEmotion; take++) {
        const name = `${voice.name}_${`${take}`.padStart(3, '0')}.wav`;
        const samples = synthesiseSpeech(voice, emotion, random.fork(`${emotion}/${name}`));
        const path = join(directory, emotion, name);
        await writeFileAtomic(path, encodePcmWav(samples, syntheticSampleRateHz));
        paths.push(path);
      }
    }
  }
  return paths.sort();
}

function checkCount(name: string, count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 999) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `${name} is ${count}; it must be a whole number from 1 to 999.`,
    );
  }
}
