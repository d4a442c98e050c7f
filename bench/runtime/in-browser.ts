import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};
const page = `
  import { createClassifier } from './ser/web.js';
  const at = (name) => new URL(name, location.href);
  window.measure = async (rounds) => {
    const start = performance.now();
    const classifier = await createClassifier(at('model.onnx'), { wasmUrl: at('ort.wasm') });
    const bytes = new Uint8Array(await (await fetch(at('clip'))).arrayBuffer());
    await classifier.predict(bytes);
    const firstMs = performance.now() - start;
    const wallMs = [];
    for (let round = -5; round < rounds; round++) {
      const begin = performance.now();
      await classifier.predict(bytes);
      if (round >= 0) wallMs.push(performance.now() - begin);
    }
    await classifier.dispose();
    return { firstMs, wallMs };
  };
`;

/** Predicts a clip in a page of Chromium, in one thread; milliseconds of each round. */
export async function measureInBrowser(
  folder: string,
  { model, clip, rounds }: { model: string; clip: string; rounds: number },
): Promise<{ firstMs: number; wallMs: number[]; chromium: string }> {
  mkdirSync(folder);
  const runtime = dirname(fileURLToPath(import.meta.resolve('@ser/runtime')));
  const require = createRequire(join(runtime, 'node.js'));
  cpSync(join(runtime, 'standalone'), join(folder, 'ser'), { recursive: true });
  cpSync(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'), join(folder, 'ort.wasm'));
  cpSync(model, join(folder, 'model.onnx'));
  cpSync(clip, join(folder, 'clip'));
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="./main.js"></script>',
  );
  writeFileSync(join(folder, 'main.js'), page);
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : request.url!.slice(1);
    try {
      const body = readFileSync(join(folder, name));
      response.writeHead(200, {
        'content-type': types[extname(name)] ?? 'application/octet-stream',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction(() => 'measure' in globalThis);
    const measured = await tab.evaluate(
      (count) =>
        (
          globalThis as unknown as {
            measure(rounds: number): Promise<{ firstMs: number; wallMs: number[] }>;
          }
        ).measure(count),
      rounds,
    );
    return { ...measured, chromium: browser.version() };
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
}
