import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { SerError } from '@ser/dsp-wasm';
import { decodeText } from '@ser/runtime/core';
import { type Command, Option } from 'commander';
import { parsePositive, parseWhole } from '../parse-number.ts';
import { createModelOption } from '../shipped-model.ts';

interface ServeOptions {
  model: string;
  host: string;
  port: number;
  workers: number;
  tokenFile?: string;
  allowOrigin?: string[];
  allowHost?: string[];
  maxBodyMib: number;
  maxFiles: number;
  maxDurationSec: number;
  maxQueue: number;
  maxStreams: number;
  maxMemoryMib: number;
  uploadTimeoutSec: number;
  timeoutSec: number;
  drainSec: number;
  demo: boolean;
  log: boolean;
}

/** `ser serve`: the model over HTTP and WebSocket, with the web demo on the same port. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('Serve predictions over HTTP, live audio over WebSocket, and the web demo.')
    .addOption(createModelOption('serve'))
    .option('--host <address>', 'address to listen on; 0.0.0.0: all', '127.0.0.1')
    .option('--port <port>', 'port; 0: any that is free', parseWhole(0), 8080)
    .addOption(
      new Option('--workers <n>', 'processes that predict')
        .argParser(parseWhole(1))
        .default(availableParallelism(), 'as many as cores'),
    )
    .option('--token-file <file>', 'bearer token that clients need (or set SER_TOKEN)')
    .option('--allow-origin <origins...>', 'web origins that may call; *: all')
    .option('--allow-host <names...>', 'further names for the Host header')
    .option('--max-body-mib <n>', 'largest request', parsePositive, 32)
    .option('--max-files <n>', 'files of one request', parseWhole(1), 32)
    .option('--max-duration-sec <n>', 'longest clip', parsePositive, 600)
    .option('--max-queue <n>', 'clips that wait; more are refused with 429', parseWhole(0), 512)
    .option('--max-streams <n>', 'live streams at a time', parseWhole(0), 16)
    .option('--max-memory-mib <n>', 'uploads held in memory at a time', parsePositive, 256)
    .option('--upload-timeout-sec <n>', 'for a request to arrive', parsePositive, 30)
    .option('--timeout-sec <n>', 'for one clip, and for its wait before', parsePositive, 30)
    .option('--drain-sec <n>', 'from SIGTERM to the closing of the port', parseWhole(0), 0)
    .option('--no-demo', 'leave out the web demo')
    .option('--no-log', 'no line of log for each request')
    .addHelpText(
      'after',
      '\nExample:\n  $ ser serve --port 8080\n  $ curl --data-binary @voice.wav http://127.0.0.1:8080/v1/predict',
    )
    .action(async (options: ServeOptions) => {
      // What only a server needs is loaded by no other command.
      const { serveUntilSignal } = await import('../serve/serve-until-signal.ts');
      const mebibyte = 2 ** 20;
      await serveUntilSignal(options.model, {
        host: options.host,
        port: options.port,
        workers: options.workers,
        limits: {
          maxBodyBytes: Math.round(options.maxBodyMib * mebibyte),
          maxFiles: options.maxFiles,
          maxDurationSec: options.maxDurationSec,
          maxQueue: options.maxQueue,
          maxStreams: options.maxStreams,
          maxBufferedBytes: Math.round(options.maxMemoryMib * mebibyte),
          uploadTimeoutSec: options.uploadTimeoutSec,
          timeoutSec: options.timeoutSec,
        },
        drainSec: options.drainSec,
        token: await readToken(options.tokenFile),
        allowedOrigins: options.allowOrigin ?? [],
        allowedHosts: options.allowHost ?? [],
        servesDemo: options.demo,
        logsRequests: options.log,
      });
    });
}

/** Never an argument: those can be read by everyone on the machine. */
async function readToken(file: string | undefined): Promise<string | undefined> {
  const text =
    file === undefined
      ? process.env.SER_TOKEN
      : await readFile(file).then(decodeText, (cause: NodeJS.ErrnoException) => {
          const message = `${file}: The token cannot be read (${cause.code}).`;
          throw new SerError('FILE_UNREADABLE', message, { cause });
        });
  const token = text?.trim();
  if (token === undefined || /^[\x21-\x7e]{16,}$/.test(token)) return token;
  throw new SerError(
    'INVALID_ARGUMENT',
    `The token of ${file ?? 'SER_TOKEN'} has ${token.length} characters; it must have 16 or more, without spaces.`,
  );
}
