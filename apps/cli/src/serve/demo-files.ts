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

const pagePath = '/index.html';
const workerPath = '/service-worker.js';

/**
 * Reads the built web demo, with `model` in place of those that it was built with, unless it is one
 * of them: the default one, which the page then precedes with the small one.
 *
 * @returns files by the path of their address; empty where the demo has not been built.
 */
export function readDemoFiles(model: Uint8Array): Map<string, DemoFile> {
  const contents = readFolder();
  const page = contents.get(pagePath);
  if (!page) return new Map();
  const policy = findPolicy(page.toString());
  const place = [...contents.keys()].find((path) => /^\/assets\/model-[\w-]+\.onnx$/.test(path));
  const isBuiltIn = place !== undefined && contents.get(place)!.equals(model);
  if (place !== undefined && !isBuiltIn) putModel(contents, place, model);
  const files = new Map<string, DemoFile>();
  for (const [path, bytes] of contents) {
    // The bundler puts a hash of its content into the name of every asset.
    const isNamedByContent = path.startsWith('/assets/') && (isBuiltIn || path !== place);
    files.set(path, {
      bytes,
      headers: {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'cache-control': isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache',
        'content-security-policy': policy,
      },
    });
  }
  files.set('/', files.get(pagePath)!);
  return files;
}

function readFolder(): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  if (!existsSync(folder)) return contents;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    contents.set(`/${file.slice(folder.length + 1).replaceAll(sep, '/')}`, readFileSync(file));
  }
  return contents;
}

/**
 * Makes `model` the only one of the page. The worker that keeps the page for use offline gets its
 * hash in the name of what it keeps: under another model browsers would go on with the one that
 * they have.
 */
function putModel(contents: Map<string, Buffer>, place: string, model: Uint8Array): void {
  const change = (path: string, edit: (text: string) => string) => {
    contents.set(path, Buffer.from(edit(contents.get(path)!.toString())));
  };
  const hash = createHash('sha256').update(model).digest('hex').slice(0, 16);
  const small = [...contents.keys()].find((path) => /^\/assets\/small-[\w-]+\.onnx$/.test(path));
  contents.set(place, Buffer.from(model));
  change(pagePath, (text) => text.replace(/(<meta name="models" content=")[^"]*/, '$1default'));
  change(workerPath, (text) =>
    text
      .replace(/"version":"(\w+)"/, `"version":"$1-${hash}"`)
      .replace(`"${small?.slice(1)}"`, `"${place.slice(1)}"`),
  );
  if (small) contents.delete(small);
}

/** The page's own policy, as a header: workers take theirs from nowhere else. */
function findPolicy(page: string): string {
  const [, policy = "default-src 'self'"] =
    /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/i.exec(page) ?? [];
  return `${policy}; frame-ancestors 'none'`;
}
