import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';
import { createFileFinder, findChunkExtent, isPlaceholder } from '../chunks/sample-extent.ts';
import {
  type Chunk,
  type ChunkLayout,
  cutChunk,
  isChunkName,
  riffLayout,
  walkChunks,
} from '../chunks/walk-chunks.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import { type AudioSection, joinSections } from '../join-sections.ts';
import { countFrames, openSamples } from '../pcm/read-samples.ts';
import { mostFormatBytes, readWaveFormat, type WaveFormat } from './wave-format.ts';

/** RIFF with sizes of 64 bits, as Sony wrote it: names are GUIDs, of which the first four bytes differ. */
const wave64Layout: ChunkLayout = {
  nameBytes: 16,
  sizeBytes: 8,
  isBigEndian: false,
  countsHeader: true,
  alignment: 8,
};
const containers = ['RIFF', 'RIFX', 'RF64', 'BW64', 'riff'];
const findNextFile = createFileFinder('RIFF', 'WAVE');

/**
 * Decodes WAV: RIFF, big-endian RIFX, RF64 and BW64, and Sony's Wave64; PCM of up to 32 bits, float of
 * 32 and 64 bits, A-law, mu-law, IMA and Microsoft ADPCM, MP3; plain or extensible. Reads several chunks
 * of samples, and files that were joined. A length that its writer could not know is the file's.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or shorter than its header says,
 *   `AUDIO_UNSUPPORTED` for other codecs, `AUDIO_TOO_LONG` beyond the limit.
 */
export async function decodeWav(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  return joinSections('WAV', readSections(reader), maxDurationSec);
}

/** What chunks say of those behind them. */
interface Header {
  format?: WaveFormat | undefined;
  /** Samples a channel, by the 'fact' chunk. */
  factFrames?: number | undefined;
  /** Bytes of the samples, by RF64's 'ds64' chunk. */
  longDataBytes?: number | undefined;
  /** Bytes of the file behind its outermost header, and where that counts from. */
  fileBytes: number;
  fileStart: number;
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  const magic = readText(await reader.fill(4), 0, 4);
  const isBigEndian = magic === 'RIFX';
  const layout = magic === 'riff' ? wave64Layout : { ...riffLayout, isBigEndian };
  let header: Header = { fileBytes: 0, fileStart: 0 };
  let hasSamples = false;
  for await (const chunk of walkChunks(reader, layout)) {
    const { name, promised, available } = chunk;
    if (containers.includes(name) && isWave(await reader.fill(layout.nameBytes))) {
      // What is inside is read as if it stood alone.
      chunk.size = layout.nameBytes;
      header = { fileBytes: promised, fileStart: reader.position };
    } else if (name === 'data') {
      const section = await readData(reader, chunk, layout, header);
      hasSamples = true;
      yield section;
      chunk.size = reader.position - section.start;
    } else if (hasSamples && !isChunkName(name)) {
      await assertNoSamplesLost(reader, header);
      break;
    } else if (promised > available) {
      if (hasSamples) break;
      throw cutChunk('WAV', chunk);
    } else if (name === 'fmt ') {
      const bytes = await reader.fill(Math.min(promised, mostFormatBytes));
      header.format = readWaveFormat(bytes.subarray(0, promised), isBigEndian);
    } else if (name === 'fact' && promised >= 4) {
      header.factFrames = toView(await reader.fill(4)).getUint32(0, !isBigEndian);
    } else if (name === 'ds64' && promised >= 16) {
      header.longDataBytes = Number(toView(await reader.fill(16)).getBigUint64(8, true));
    }
  }
  if (hasSamples) return undefined;
  throw header.format
    ? truncated('WAV', "it ends before its 'data' chunk")
    : truncated('WAV', "it ends before its 'fmt ' chunk");
}

function isWave(bytes: Uint8Array): boolean {
  return /^wave$/i.test(readText(bytes, 0, 4));
}

async function readData(
  reader: ByteReader,
  { promised, available }: Chunk,
  layout: ChunkLayout,
  { format, factFrames = 0, longDataBytes, fileBytes, fileStart }: Header,
): Promise<AudioSection & { start: number }> {
  if (!format) throw decodeFailure('WAV', "its 'data' chunk comes before any 'fmt ' chunk");
  const { codec, sampleRateHz } = format;
  const isLong = longDataBytes !== undefined && promised === 0xffff_ffff;
  // Where the file is as long as it should be, nothing was cut off: the length of the samples is wrong.
  const isWhole = fileStart + fileBytes === reader.size;
  const extent = await findChunkExtent('WAV', reader, layout, {
    promised: isLong ? longDataBytes : promised,
    available,
    isStreamed: !isLong && (fileBytes === 0 || isPlaceholder(fileBytes) || isWhole),
  });
  const start = reader.position;
  if (codec === 'mpeg') return { start, ...(await openMpeg(reader, extent.bytes)) };
  const frames = countFrames(codec, extent.bytes);
  const isInLastBlock = factFrames <= frames && factFrames > frames - codec.unitSamples;
  const section = openSamples('WAV', reader, {
    ...{ sampleRateHz, codec, extent, findNextFile },
    frames: isInLastBlock ? factFrames : frames,
  });
  return { start, ...section };
}

async function openMpeg(reader: ByteReader, bytes: number): Promise<AudioSection> {
  const { openMp3 } = await import('../mp3/decode-mp3.ts');
  const section = await openMp3(reader.slice(bytes));
  return {
    ...section,
    async *readBlocks(mixer) {
      yield* section.readBlocks(mixer);
      reader.advance(bytes);
    },
  };
}

/** @throws SerError `AUDIO_DECODE_FAILED` where the file goes on with something that is no chunk. */
async function assertNoSamplesLost(reader: ByteReader, header: Header): Promise<void> {
  await reader.skipFill();
  const claimed = Math.min(header.fileStart + header.fileBytes, reader.size);
  if (reader.position >= claimed) return;
  throw decodeFailure(
    'WAV',
    `its samples end before byte ${reader.position} by its header, and what follows there is no chunk`,
  );
}
