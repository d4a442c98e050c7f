/**
 * Lighthouse, transfer and latency of the built web demo in Chromium, into bench/results/web-demo.json:
 * `pnpm build && pnpm --filter @ser/bench web-demo --clip <a clip of 3.7 s>`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { describeMachine } from '../features/machine.ts';
import { type Encoding, serveCompressed } from './compressed-site.ts';
import { measureFirstVisit, measureLatencies, measureLongClip } from './measure-page.ts';

const { values } = parseArgs({
  options: {
    clip: { type: 'string' },
    rounds: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '10' },
    out: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('../../../', import.meta.url));
const dist = `${root}apps/web-demo/dist`;
if (!existsSync(`${dist}/index.html`)) throw new Error(`There is no ${dist}; run pnpm build.`);
if (!values.clip) throw new Error('--clip is missing: a clip of 3.7 s.');
const clip = readFileSync(values.clip);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const switches = ['--no-sandbox', '--disable-gpu'];
const categories = ['performance', 'accessibility', 'best-practices'] as const;

const transfer: Partial<Record<Encoding, Awaited<ReturnType<typeof measureFirstVisit>>>> = {};
for (const encoding of ['gzip', 'br'] as const) {
  const site = await serveCompressed(dist, encoding);
  const browser = await chromium.launch({ executablePath, args: switches });
  transfer[encoding] = await measureFirstVisit(browser, site);
  await browser.close();
  site.close();
}

const site = await serveCompressed(dist, 'gzip');
const scores = {
  phone: await runLighthouse(site.url, 'mobile'),
  desktop: await runLighthouse(site.url, 'desktop'),
};
const browser = await chromium.launch({ executablePath, args: switches });
const latencies = await measureLatencies(browser, site.url, clip, Number(values.rounds));
const longClip = await measureLongClip(browser, site.url, Number(values.minutes));
const version = browser.version();
await browser.close();
site.close();

const sorted = [...latencies.dropToLabelMs].sort((a, b) => a - b);
const results = {
  machine: describeMachine(),
  versions: { chromium: version, node: process.version },
  transfer,
  lighthouse: scores,
  latency: {
    rounds: sorted.length,
    medianMs: sorted[Math.floor(sorted.length / 2)],
    worstMs: sorted.at(-1),
    ...latencies,
  },
  longClip: { minutes: Number(values.minutes), ...longClip },
};
const out = values.out ?? `${root}bench/results/web-demo.json`;
writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
console.log(JSON.stringify({ ...results, transfer: undefined, latency: undefined }, null, 2));

/** Scores from 0 to 100, and what kept a category from being full. */
async function runLighthouse(url: string, formFactor: 'mobile' | 'desktop') {
  const port = await findFreePort();
  const driven = await chromium.launch({
    executablePath,
    args: [...switches, `--remote-debugging-port=${port}`],
  });
  try {
    const screen =
      formFactor === 'desktop'
        ? { width: 1350, height: 940, deviceScaleFactor: 1 }
        : { width: 412, height: 823, deviceScaleFactor: 1.75 };
    const run = await lighthouse(url, {
      port,
      logLevel: 'error',
      onlyCategories: [...categories],
      formFactor,
      screenEmulation: { ...screen, mobile: formFactor === 'mobile', disabled: false },
      ...(formFactor === 'desktop' && {
        throttling: {
          rttMs: 40,
          throughputKbps: 10_240,
          cpuSlowdownMultiplier: 1,
          requestLatencyMs: 0,
          downloadThroughputKbps: 0,
          uploadThroughputKbps: 0,
        },
      }),
    });
    const { categories: found, audits } = run!.lhr;
    return Object.fromEntries(
      categories.map((name) => {
        const { score, auditRefs } = found[name]!;
        const lost = auditRefs
          .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
          .map(({ id }) => `${id}: ${audits[id]?.displayValue ?? audits[id]?.score}`);
        return [name, { score: Math.round(100 * (score ?? 0)), lost }];
      }),
    );
  } finally {
    await driven.close();
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
