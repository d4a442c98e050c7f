import { darkPalette, formatPaletteVariables, lightPalette } from './palette.ts';
import { chartFont } from './render-chart.ts';

/** The style sheet of the report: follows the reader's light or dark setting, and prints. */
export const reportStyle = `
:root { color-scheme: light dark; ${formatPaletteVariables(lightPalette)} }
@media (prefers-color-scheme: dark) { :root { ${formatPaletteVariables(darkPalette)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1060px; padding: 32px 24px 64px; background: var(--surface); color: var(--text); font: 15px/1.5 ${chartFont}; }
h1 { margin: 0; font-size: 26px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 44px 0 12px; font-size: 18px; }
p { margin: 6px 0; max-width: 72ch; }
a { color: var(--first); }
.muted { color: var(--muted); }
.warning { border-left: 4px solid var(--second); padding: 8px 14px; margin: 18px 0; background: color-mix(in srgb, var(--second) 10%, transparent); }
.scores { display: flex; flex-wrap: wrap; gap: 12px 44px; margin: 24px 0 0; }
.scores dt { color: var(--muted); font-size: 13px; }
.scores dd { margin: 0; font-size: 28px; font-weight: 600; font-variant-numeric: tabular-nums; }
.scores small { display: block; font-size: 13px; font-weight: 400; color: var(--muted); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 20px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--grid); }
th { color: var(--muted); font-weight: 500; font-size: 13px; white-space: nowrap; }
td.number, .rows td { white-space: nowrap; }
td.number, th.number { text-align: right; }
pre { margin: 0; overflow-x: auto; font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.wide > svg { display: block; }
.files { font-size: 13px; } .files a { margin-right: 12px; }
details { margin: 10px 0; }
summary { cursor: pointer; }
audio { height: 30px; width: 220px; vertical-align: middle; }
@media (max-width: 600px) { body { padding: 20px 16px 48px; } th, td { padding-right: 14px; } audio { width: 130px; } }
@media print, (min-width: 720px) { .wide > svg { max-width: 100%; height: auto; } }
@media print { audio { display: none; } h2 { break-after: avoid; } svg, tr { break-inside: avoid; } }
`;
