import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';

/** Programs that can record, in the order of preference. */
export const recorderNames = ['arecord', 'sox', 'ffmpeg'] as const;
export type RecorderName = (typeof recorderNames)[number];

/** What is recorded. */
export interface Capture {
  /** The recorder's own name of a device; undefined: the one that the system prefers. */
  device: string | undefined;
  sampleRateHz: number;
}

/** A command that writes mono samples of 16 bits, little-endian, to its standard output. */
export interface RecorderCommand {
  name: RecorderName;
  args: string[];
  env: NodeJS.ProcessEnv;
}

type Plan = (capture: Capture, platform: NodeJS.Platform) => Omit<RecorderCommand, 'name'>;

const plans: Record<RecorderName, Plan> = {
  arecord: ({ device, sampleRateHz }) => ({
    args: [
      ...['--quiet', '--file-type=raw', '--format=S16_LE', '--channels=1'],
      `--rate=${sampleRateHz}`,
      ...(device === undefined ? [] : [`--device=${device}`]),
    ],
    env: {},
  }),
  sox: ({ device, sampleRateHz }) => {
    const samples = ['-t', 'raw', '-e', 'signed', '-b', '16', '-L'];
    const shape = ['-c', '1', '-r', String(sampleRateHz)];
    return {
      args: ['-q', '-V1', ...shape, '-d', ...samples, ...shape, '-'],
      env: device === undefined ? {} : { AUDIODEV: device },
    };
  },
  ffmpeg: ({ device, sampleRateHz }, platform) => ({
    args: [
      ...['-nostdin', '-hide_banner', '-loglevel', 'fatal'],
      ...nameFfmpegInput(device, platform),
      // Times by the count of samples: those by the clock jitter, and samples would be dropped.
      ...['-af', 'asetpts=N/SR/TB', '-ac', '1', '-ar', String(sampleRateHz)],
      ...['-f', 's16le', '-flush_packets', '1', '-'],
    ],
    env: {},
  }),
};

/**
 * Plans a recording with the first recorder that is installed, or with the one that is named.
 *
 * @throws SerError `MICROPHONE_UNAVAILABLE` where it is not there.
 */
export function planRecording(capture: Capture, using?: RecorderName): RecorderCommand {
  const wanted = using ? [using] : recorderNames;
  const name = wanted.find(isInstalled);
  if (!name) {
    throw new SerError(
      'MICROPHONE_UNAVAILABLE',
      `No program that records is installed: ${wanted.join(', ')} cannot be found.`,
    );
  }
  return { name, ...plans[name](capture, process.platform) };
}

/** What each system calls its sound input. */
function nameFfmpegInput(device: string | undefined, platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') return ['-f', 'avfoundation', '-i', `:${device ?? 'default'}`];
  if (platform === 'win32') return ['-f', 'dshow', '-i', `audio=${device ?? 'default'}`];
  return ['-f', 'alsa', '-i', device ?? 'default'];
}

function isInstalled(name: RecorderName): boolean {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, file), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
