import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SerError } from '@ser/dsp-wasm';
import type { RecorderCommand } from './recorders.ts';

const sampleBytes = 2;
/** What is kept of a recorder's complaints. */
const mostComplaint = 2000;

/**
 * Records until the signal, or until the recorder ends by itself. The recorder is ended whenever
 * nobody reads on.
 *
 * @returns samples in chunks of any length, -1 … 1.
 * @throws SerError `MICROPHONE_UNAVAILABLE` with what the recorder said.
 */
export async function* recordMicrophone(
  { name, args, env }: RecorderCommand,
  signal: AbortSignal,
): AsyncGenerator<Float32Array> {
  const recorder = spawn(name, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = once(recorder, 'close') as Promise<[number | null]>;
  let complaint = '';
  recorder.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-mostComplaint);
  });
  const stop = () => recorder.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of recorder.stdout as AsyncIterable<Buffer>) {
      if (signal.aborted) return;
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      const count = Math.floor(bytes.length / sampleBytes);
      rest = bytes.subarray(count * sampleBytes);
      yield Float32Array.from(
        { length: count },
        (_, at) => bytes.readInt16LE(at * sampleBytes) / 32_768,
      );
    }
    const [exitCode] = await ended;
    if (exitCode !== 0 && !signal.aborted) throw failed(name, complaint);
  } catch (error) {
    if (error instanceof SerError) throw error;
    throw failed(name, complaint || String(error));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function failed(name: string, complaint: string): SerError {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.at(-1)?.trim() ?? 'it says nothing';
  return new SerError(
    'MICROPHONE_UNAVAILABLE',
    `${name} could not record (${reason}); name another --device, or another program with --using.`,
  );
}
