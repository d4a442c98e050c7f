import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';

const codecs: Readonly<Record<string, string>> = {
  mp4a: 'AAC',
  alac: 'Apple Lossless',
  Opus: 'Opus',
  fLaC: 'FLAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  samr: 'AMR',
  sawb: 'AMR-WB',
  '.mp3': 'MP3',
  sowt: 'PCM',
  twos: 'PCM',
  lpcm: 'PCM',
  ipcm: 'PCM',
};
/** Tracks' descriptions lie before the tables of their samples. */
const mostBytes = 1 << 20;

/** The codec of an MP4, M4A, 3GP or QuickTime file; undefined where its header does not tell. */
export async function nameMp4Codec(reader: ByteReader): Promise<string | undefined> {
  while (reader.remaining >= 16) {
    const bytes = await reader.fill(16);
    const view = toView(bytes);
    const short = view.getUint32(0);
    const size = short === 1 ? Number(view.getBigUint64(8)) : short;
    if (readText(bytes, 4, 8) === 'moov') {
      const wanted = Math.min(size || mostBytes, mostBytes);
      return findCodec((await reader.fill(wanted)).subarray(0, wanted));
    }
    if (size < 8) return undefined;
    reader.advance(size);
  }
  return undefined;
}

/** The format's name stands behind the name of its table, a version, a count and a size. */
function findCodec(bytes: Uint8Array): string | undefined {
  for (let at = bytes.indexOf(0x73); at >= 0; at = bytes.indexOf(0x73, at + 1)) {
    if (readText(bytes, at, at + 4) !== 'stsd') continue;
    const codec = codecs[readText(bytes, at + 16, at + 20)];
    if (codec) return codec;
  }
  return undefined;
}
