import type { Judgement } from '@ser/runtime/web';
import { drawRiver } from '../drawing/draw-river.ts';
import { type Box, drawWaveform } from '../drawing/draw-waveform.ts';
import { toRiverPoints } from '../drawing/track-points.ts';
import type { ClipOverview, Track } from '../engine/protocol.ts';
import { formatDuration, formatShare } from '../format.ts';
import { colourNow, readPageColours } from '../parts/label-colours.ts';
import { styleOf } from '../state/model.ts';
import { strings } from '../strings.ts';

const width = 1200;
const height = 675;
const margin = 56;
const family = 'system-ui, sans-serif';
const shownBars = 5;

type PageColours = ReturnType<typeof readPageColours>;

/** Draws a clip's result as a picture to send, 1,200 by 675, in the colours of the page. */
export async function drawResult(
  name: string,
  { prediction, peaks, manifest }: ClipOverview,
  track: Track | null,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const colours = readPageColours(document.documentElement);
  context.fillStyle = colours.card;
  context.fillRect(0, 0, width, height);
  drawAnswer(context, name, prediction, colours);
  if (prediction.label !== null) drawBars(context, prediction, colours);
  const inside = { left: margin, width: width - 2 * margin };
  drawWaveform(context, { ...inside, top: 330, height: 110 }, peaks, colours.quiet);
  const { durationSec } = prediction;
  if (track) {
    drawSegments(context, { ...inside, top: 448, height: 34 }, track, durationSec, colours);
    drawRiver(
      context,
      { ...inside, top: 492, height: 100 },
      toRiverPoints(track.windows, durationSec),
      { fromSec: 0, toSec: durationSec },
      {
        labels: manifest.labels,
        colourOf: (label) => colourNow(styleOf(label)),
        ...{ text: colours.text, line: colours.card, font: `600 15px ${family}` },
      },
    );
  }
  context.textAlign = 'left';
  write(context, strings.pictureFooter, margin, height - 34, `16px ${family}`, colours.quiet);
  context.textAlign = 'right';
  const source = `${strings.title} · ${manifest.name}`;
  write(context, source, width - margin, height - 34, `16px ${family}`, colours.quiet);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
  });
}

function drawAnswer(
  context: CanvasRenderingContext2D,
  name: string,
  { label, confidence, durationSec, uncertain }: ClipOverview['prediction'],
  { text, quiet }: PageColours,
): void {
  const source = `${shorten(name, 46)} · ${formatDuration(durationSec)}`;
  write(context, source, margin, 78, `20px ${family}`, quiet);
  if (label === null) {
    write(context, strings.unheard, margin, 182, `700 60px ${family}`, text);
    return;
  }
  context.fillStyle = colourNow(styleOf(label));
  context.beginPath();
  context.roundRect(margin, 122, 20, 68, 7);
  context.fill();
  const shown = label.charAt(0).toUpperCase() + label.slice(1);
  write(context, shown, margin + 38, 182, `700 76px ${family}`, text);
  const share = strings.confident(formatShare(confidence));
  write(context, share, margin, 240, `30px ${family}`, text);
  if (!uncertain) return;
  const doubt = strings.uncertain[uncertain.reason];
  write(context, doubt, margin, 282, `20px ${family}`, quiet);
}

function drawBars(
  context: CanvasRenderingContext2D,
  { probabilities }: Pick<Judgement, 'probabilities'>,
  { text, line }: PageColours,
): void {
  const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  ranked.slice(0, shownBars).forEach(([label, share], index) => {
    const y = 82 + 48 * index;
    const [left, reach] = [760, 300];
    context.textAlign = 'right';
    write(context, shorten(label, 14), left - 16, y + 16, `20px ${family}`, text);
    context.textAlign = 'left';
    context.fillStyle = line;
    context.beginPath();
    context.roundRect(left, y, reach, 20, 6);
    context.fill();
    context.fillStyle = colourNow(styleOf(label));
    context.beginPath();
    context.roundRect(left, y, Math.max(6, reach * share), 20, 6);
    context.fill();
    write(context, formatShare(share), left + reach + 16, y + 16, `600 20px ${family}`, text);
  });
}

function drawSegments(
  context: CanvasRenderingContext2D,
  { left, top, width: reach, height: tall }: Box,
  { segments }: Track,
  durationSec: number,
  { text }: PageColours,
): void {
  context.textAlign = 'left';
  for (const { startSec, endSec, label } of segments ?? []) {
    const from = left + (reach * startSec) / durationSec;
    const span = Math.max(3, (reach * (endSec - startSec)) / durationSec - 3);
    context.fillStyle = colourNow(styleOf(label));
    context.beginPath();
    context.roundRect(from, top, span, 8, 4);
    context.fill();
    context.font = `17px ${family}`;
    if (context.measureText(label).width <= span) {
      write(context, label, from, top + tall - 6, context.font, text);
    }
  }
}

function write(
  context: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  font: string,
  colour: string,
): void {
  context.font = font;
  context.textBaseline = 'alphabetic';
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

function shorten(words: string, most: number): string {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}
