import type { AudioClip } from '@ser/runtime/web';

const pieceLength = 2 ** 20;

/** Encodes a clip as a WAV file of 16 bits, which every browser plays; beyond ±1 it is cut. */
export function encodeWav({ samples, sampleRateHz }: AudioClip): Blob {
  const pieces: BlobPart[] = [createHeader(samples.length, sampleRateHz)];
  for (let start = 0; start < samples.length; start += pieceLength) {
    const piece = samples.subarray(start, start + pieceLength);
    const values = new Int16Array(piece.length);
    for (let index = 0; index < piece.length; index++) {
      values[index] = Math.max(-32768, Math.min(32767, Math.round(32768 * piece[index]!)));
    }
    pieces.push(values);
  }
  return new Blob(pieces, { type: 'audio/wav' });
}

function createHeader(length: number, sampleRateHz: number): ArrayBuffer {
  const header = new DataView(new ArrayBuffer(44));
  const writeText = (at: number, text: string) => {
    for (let index = 0; index < text.length; index++) {
      header.setUint8(at + index, text.charCodeAt(index));
    }
  };
  writeText(0, 'RIFF');
  header.setUint32(4, 36 + 2 * length, true);
  writeText(8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRateHz, true);
  header.setUint32(28, 2 * sampleRateHz, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  writeText(36, 'data');
  header.setUint32(40, 2 * length, true);
  return header.buffer;
}
