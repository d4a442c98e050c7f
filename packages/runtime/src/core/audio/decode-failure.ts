import { SerError } from '@ser/dsp-wasm';

/** The error of audio that claims to be of a format and is damaged. `detail` is one clause. */
export function decodeFailure(format: string, detail: string, cause?: unknown): SerError {
  return new SerError(
    'AUDIO_DECODE_FAILED',
    `The ${format} data cannot be decoded: ${detail}.`,
    cause === undefined ? undefined : { cause },
  );
}

/** The error of audio that ends before it should. */
export function truncated(format: string, detail: string): SerError {
  return decodeFailure(format, `it is truncated, ${detail}`);
}

/** The error of audio that is whole, but of a kind that is not read here. */
export function unsupported(detail: string): SerError {
  return new SerError('AUDIO_UNSUPPORTED', detail);
}

/** The error of a container whose codec is not read: it names both, and how to convert the file. */
export function unsupportedCodec(container: string, codec: string, readable: string): SerError {
  return unsupported(
    `The ${container} file holds ${codec}; ${readable} can be read. To convert it: ffmpeg -i FILE NEW.wav.`,
  );
}

const mostChannels = 256;

/** @throws SerError `AUDIO_DECODE_FAILED` for a number that no recording has. */
export function assertChannels(format: string, channels: number): void {
  if (channels >= 1 && channels <= mostChannels) return;
  throw decodeFailure(
    format,
    `its header says ${channels} channels; 1 to ${mostChannels} are allowed`,
  );
}
