import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/** Answers a request for a file; `visit` counts the requests for the same address, from 0. */
export type Behaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  visit: number,
) => void | Promise<void>;

/** A server on loopback whose addresses behave as told, for the tests of the file it is made in. */
export function startServer(behaviours: Record<string, Behaviour>): {
  toUrl: (name: string) => string;
  /** Requests so far: address and range asked for. */
  requests: { name: string; range: string | undefined }[];
} {
  const requests: { name: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const name = decodeURIComponent(request.url!.slice(1));
    const visit = requests.filter((other) => other.name === name).length;
    requests.push({ name, range: request.headers.range });
    const behave = behaviours[name];
    if (behave) void behave(request, response, visit);
    else response.writeHead(404).end();
  });
  beforeAll(() => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const toUrl = (name: string): string =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
  return { toUrl, requests };
}

/** Serves bytes as a good server does: with ranges and an entity tag. */
export function serve(bytes: Uint8Array, { tag = 'v1', most = bytes.length } = {}): Behaviour {
  return (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const isRest = range !== null && request.headers['if-range'] === `"${tag}"`;
    const start = isRest ? Number(range[1]) : 0;
    response.writeHead(isRest ? 206 : 200, {
      etag: `"${tag}"`,
      'content-length': bytes.length - start,
      ...(isRest && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    const piece = bytes.subarray(start, start + most);
    if (start + piece.length === bytes.length) response.end(piece);
    else response.write(piece, () => setTimeout(() => response.destroy(), 20));
  };
}
