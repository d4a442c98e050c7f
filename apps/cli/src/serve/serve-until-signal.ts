import { readFile } from 'node:fs/promises';
import { SerError } from '@ser/dsp-wasm';
import { abortOnInterrupt } from '../abort-on-interrupt.ts';
import { logEvent } from './event-log.ts';
import { isLoopback } from './guards.ts';
import { runServer } from './run-server.ts';
import { createService } from './service.ts';
import type { ServeSettings } from './settings.ts';

/**
 * Serves a model until SIGINT or SIGTERM, then answers what is under way and returns. A second
 * signal ends the process at once.
 *
 * @throws SerError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `MODEL_INVALID` or `ADDRESS_UNAVAILABLE`.
 */
export async function serveUntilSignal(modelPath: string, settings: ServeSettings): Promise<void> {
  const service = createService(await readModel(modelPath), settings);
  await abortOnInterrupt(async (signal) => {
    const server = await runServer(service);
    const { url } = server;
    logEvent({ level: 'info', event: 'listening', url, model: service.manifest.name });
    if (!isLoopback(settings.host) && settings.token === undefined) {
      logEvent({ level: 'warn', event: 'open-to-all', message: 'No token is set.' });
    }
    if (process.stderr.isTTY) process.stderr.write(`Open ${url} (Ctrl-C stops).\n`);
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    logEvent({ level: 'info', event: 'stopping' });
    await server.stop();
    logEvent({ level: 'info', event: 'stopped' });
  });
}

async function readModel(path: string): Promise<Uint8Array> {
  return await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === 'ENOENT';
    const reason = isMissing ? 'There is no such file.' : `It cannot be read (${cause.code}).`;
    const code = isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
    throw new SerError(code, `${path}: ${reason}`, { cause });
  });
}
