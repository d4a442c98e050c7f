import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Workers take their policy from this header, pages from both. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; media-src blob:; manifest-src 'self'";

export interface FolderServer {
  /** Address of the folder, with a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Gives a page shared memory, and with it threads. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export interface FolderServerSettings {
  isIsolated?: boolean;
  /** Files whose second half waits for what this returns. */
  hold?: (name: string) => Promise<void> | undefined;
  /** Files that the server does not give. */
  refuses?: (name: string) => boolean;
}

/** Serves a folder's files on loopback, below a path. */
export async function serveFolder(
  folder: string,
  basePath: string,
  { isIsolated = false, hold, refuses }: FolderServerSettings = {},
): Promise<FolderServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(basePath) ? pathname.slice(basePath.length) : undefined;
    const name = inside === '' ? 'index.html' : inside;
    const body =
      name === undefined
        ? null
        : await readFile(join(folder, normalize(`/${name}`))).catch(() => null);
    if (body === null || refuses?.(name!)) {
      response.writeHead(body ? 503 : 404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(name!)] ?? 'application/octet-stream',
      'content-length': body.length,
      'content-security-policy': contentSecurityPolicy,
      ...(isIsolated && isolation),
    });
    const half = Math.floor(body.length / 2);
    const held = hold?.(name!);
    if (held) {
      response.write(body.subarray(0, half));
      await held;
    }
    response.end(held ? body.subarray(half) : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${basePath}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
