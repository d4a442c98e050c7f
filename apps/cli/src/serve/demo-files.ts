import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the web demo, held in memory. */
export interface DemoFile {
  bytes: Uint8Array;
  headers: Record<string, string>;
}

const folder = fileURLToPath(new URL('../../../web-demo/dist', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.opus': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
};

const workerPath = '/service-worker.js';

/**
 * Reads the built web demo, with `model` in place of the one that it was built with.
 *
 * @returns files by the path of their address; empty where the demo has not been built.
 */
export function readDemoFiles(model: Uint8Array): Map<string, DemoFile> {
  const files = new Map<string, DemoFile>();
  if (!existsSync(join(folder, 'index.html'))) return files;
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const policy = findPolicy(page);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${file.slice(folder.length + 1).replaceAll(sep, '/')}`;
    const isModel = /^\/assets\/model-[\w-]+\.onnx$/.test(path);
    files.set(path, {
      bytes: isModel ? model : path === workerPath ? nameModel(file, model) : readFileSync(file),
      headers: {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        // The bundler puts a hash of its content into the name of every asset.
        'cache-control':
          path.startsWith('/assets/') && !isModel
            ? 'public, max-age=31536000, immutable'
            : 'no-cache',
        'content-security-policy': policy,
      },
    });
  }
  files.set('/', files.get('/index.html')!);
  return files;
}

/** The page's own policy, as a header: workers take theirs from nowhere else. */
function findPolicy(page: string): string {
  const [, policy = "default-src 'self'"] =
    /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/i.exec(page) ?? [];
  return `${policy}; frame-ancestors 'none'`;
}

/**
 * The worker that keeps the page for use offline, with the model's hash in the name of what it
 * keeps: under another model browsers would go on with the one that they have.
 */
function nameModel(file: string, model: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(model).digest('hex').slice(0, 16);
  const text = readFileSync(file, 'utf8');
  return Buffer.from(text.replace(/"version":"(\w+)"/, `"version":"$1-${hash}"`));
}
