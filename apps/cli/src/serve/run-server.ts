import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { SerError } from '@ser/dsp-wasm';
import { chooseLabels } from '@ser/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import { createApp } from './app.ts';
import { checkQuery } from './check-query.ts';
import { logEvent } from './event-log.ts';
import { checkHost, checkOrigin, checkToken } from './guards.ts';
import { readFollowing, streamQuerySchema } from './schemas.ts';
import type { Service } from './service.ts';
import { type Failure, ServiceError, toFailure } from './service-error.ts';
import { carryStream, maxMessageBytes } from './stream-socket.ts';

const headersTimeoutSec = 10;
const keepAliveMs = 65_000;
const mostConnections = 2048;

/** A server that accepts requests. */
export interface RunningServer {
  /** Address for people, as `http://127.0.0.1:8080`. */
  url: string;
  /** Says on `/readyz` that it stops, stops accepting, answers what it has, and ends. */
  stop(): Promise<void>;
}

/**
 * Starts the workers, then the server.
 *
 * @throws SerError `ADDRESS_UNAVAILABLE`.
 */
export async function runServer(service: Service): Promise<RunningServer> {
  const { settings, clips, streams } = service;
  const { host, port, limits, drainSec } = settings;
  await clips.start();
  const listener = getRequestListener(createApp(service).fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => toResponse(badRequest),
  });
  const server = createServer(
    {
      headersTimeout: 1000 * Math.min(headersTimeoutSec, limits.uploadTimeoutSec),
      // Bodies have a limit of their own, which answers with the same error in more detail.
      requestTimeout: 1000 * (limits.uploadTimeoutSec + 5),
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: 16_384,
    },
    listener,
  );
  server.maxConnections = mostConnections;
  // Lets a body be refused before it is sent.
  server.on('checkContinue', listener);
  server.on('clientError', answerClientError);
  const sockets = addStreams(server, service);
  try {
    await listen(server, host, port);
  } catch (error) {
    clips.close();
    throw error;
  }
  return {
    url: formatUrl(server.address() as AddressInfo),
    async stop() {
      service.isStopping = true;
      await sleep(1000 * drainSec);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.clients) socket.close(1001, 'SHUTTING_DOWN');
      // A connection that was answering when the port closed would be kept alive for the next request.
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      const longestSec = limits.uploadTimeoutSec + 2 * limits.timeoutSec;
      const end = setTimeout(() => server.closeAllConnections(), 1000 * longestSec);
      await closed;
      clearInterval(sweep);
      clearTimeout(end);
      clips.close();
      streams.close();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'another program has it' : String(cause.code);
      reject(
        new SerError('ADDRESS_UNAVAILABLE', `${host}:${port} cannot be listened on: ${reason}.`, {
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function formatUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Takes WebSockets for `/v1/stream`; all other upgrades are refused. */
function addStreams(server: Server, service: Service): WebSocketServer {
  const { settings, streams, manifest, metrics } = service;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  server.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    try {
      const query = checkUpgrade(request, service);
      const { format: _, ...opening } = query;
      const stream = await streams.open(opening);
      socket.once('close', stream.close);
      // The client may have gone meanwhile.
      if (socket.destroyed) return stream.close();
      sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
        logEvent({ level: 'info', event: 'stream-opened' });
        const { labels } = chooseLabels(manifest.labels, query.labels);
        carryStream(webSocket, stream, query, labels, {
          onAudio: (seconds) => metrics.audioSeconds.inc({ source: 'streams' }, seconds),
          onFailure: (error) => {
            const { code } = toFailure(error).body;
            logEvent({ level: 'info', event: 'stream-failed', code });
          },
        });
      });
    } catch (error) {
      refuse(socket, toFailure(error));
    }
  });

  function checkUpgrade({ headers, url = '/' }: IncomingMessage, { isStopping }: Service) {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    checkHost(headers, settings);
    checkOrigin(headers, settings);
    checkToken(headers, settings);
    if (pathname !== '/v1/stream') {
      throw new ServiceError('NOT_FOUND', 'WebSockets are taken at /v1/stream only.');
    }
    if (isStopping) throw new ServiceError('SHUTTING_DOWN', 'The service is shutting down.');
    return readFollowing(checkQuery(streamQuerySchema, searchParams));
  }
  return sockets;
}

const badRequest: Failure = {
  status: 400,
  body: { code: 'REQUEST_INVALID', message: 'This is no HTTP request that can be understood.' },
};
const tooSlow: Failure = {
  status: 408,
  body: { code: 'UPLOAD_TIMED_OUT', message: 'The request took too long to arrive.' },
};
const headTooLarge: Failure = {
  status: 431,
  body: { code: 'REQUEST_INVALID', message: 'The head of the request is larger than 16 KiB.' },
};

/** What the HTTP parser refuses never reaches the application. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refuse(socket, tooSlow);
  else if (error.code === 'HPE_HEADER_OVERFLOW') refuse(socket, headTooLarge);
  else refuse(socket, badRequest);
}

/** Answers on the bare connection, and closes it. */
function refuse(socket: Duplex, { status, body }: Failure): void {
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(text)}`,
      '',
      text,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}

function toResponse({ status, body }: Failure): Response {
  return Response.json(body, { status });
}
