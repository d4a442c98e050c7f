/** What `run.ts` leaves. */
export interface WebDemoResults {
  machine: Record<string, string | number>;
  versions: Record<string, string>;
  transfer: Record<
    'gzip' | 'br',
    { bytes: number; defaultModelBytes: number; files: Record<string, number> }
  >;
  lighthouse: Record<
    'phone' | 'desktop',
    Record<'performance' | 'accessibility' | 'best-practices', { score: number; lost: string[] }>
  >;
  latency: { rounds: number; medianMs: number; worstMs: number; longestTaskMs: number };
  longClip: { minutes: number; labelSec: number; timelineSec: number; longestTaskMs: number };
}

/** The page's section on the web demo. */
export function describeWebDemo(
  { machine, transfer, lighthouse, latency, longClip }: WebDemoResults,
  toTable: (header: readonly string[], rows: readonly (readonly unknown[])[]) => string,
): string[] {
  const toMegabytes = ({ bytes }: { bytes: number }) => `${(bytes / 1e6).toFixed(2)} MB`;
  const rows = [
    ['first visit, gzip', '≤ 6 MB', toMegabytes(transfer.gzip)],
    ['first visit, Brotli', '≤ 6 MB', toMegabytes(transfer.br)],
    [
      `drop to label, warm, median of ${latency.rounds}`,
      '≤ 150 ms',
      `${latency.medianMs.toFixed(0)} ms`,
    ],
    ['the same, the slowest', '', `${latency.worstMs.toFixed(0)} ms`],
    [`label of ${longClip.minutes} minutes`, '', `${longClip.labelSec.toFixed(1)} s`],
    [`timeline of ${longClip.minutes} minutes`, '', `${longClip.timelineSec.toFixed(1)} s`],
    [
      'longest task of the page’s own thread',
      '≤ 50 ms',
      `${Math.max(latency.longestTaskMs, longClip.longestTaskMs).toFixed(0)} ms`,
    ],
  ];
  const goals = { performance: '≥ 90', accessibility: '100', 'best-practices': '≥ 95' } as const;
  const names = Object.keys(goals) as (keyof typeof goals)[];
  return [
    '## The web demo',
    `In Chromium on loopback, on ${machine.processor}, one clip of 3.7 s; a first visit is all that comes until the page is ready for visits without a network and answers by its small model. The default model, which then comes, is ${toMegabytes({ bytes: transfer.gzip.defaultModelBytes })} with gzip, ${toMegabytes({ bytes: transfer.br.defaultModelBytes })} with Brotli; it gives the labels and the timeline that are timed here.`,
    toTable(['measured', 'goal', 'value'], rows),
    'Lighthouse:',
    toTable(
      ['category', 'goal', 'phone', 'desktop'],
      names.map((name) => [
        name,
        goals[name],
        lighthouse.phone[name].score,
        lighthouse.desktop[name].score,
      ]),
    ),
    '`pnpm build && pnpm --filter @ser/bench web-demo --clip <clip>`',
  ];
}
