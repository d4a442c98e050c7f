import type { Judgement } from '@ser/runtime/web';
import type { Box } from './draw-waveform.ts';

/** What was made of one moment; null where nothing was to be heard. */
export interface RiverPoint {
  sec: number;
  prediction: Pick<Judgement, 'probabilities'> | null;
}

export interface RiverLook {
  labels: readonly string[];
  colourOf(label: string): string;
  /** Colour of the lines between the bands, and of names on them. */
  line: string;
  text: string;
  font: string;
}

/** A name is written where its band is at least this high and this wide. */
const namedHeight = 18;
const namedShare = 0.3;

/**
 * Draws the probabilities of all labels over time as bands that add up to the box's height; a break
 * where nothing was to be heard. The box's width is the time from `fromSec` to `toSec`.
 */
export function drawRiver(
  context: CanvasRenderingContext2D,
  box: Box,
  points: readonly RiverPoint[],
  { fromSec, toSec }: { fromSec: number; toSec: number },
  look: RiverLook,
): void {
  const toX = (sec: number) => box.left + (box.width * (sec - fromSec)) / (toSec - fromSec);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  for (const run of splitRuns(points)) drawRun(context, box, run, toX, look);
  context.restore();
}

/** Neighbouring points with a prediction. */
function splitRuns(points: readonly RiverPoint[]): RiverPoint[][] {
  const runs: RiverPoint[][] = [];
  let current: RiverPoint[] = [];
  for (const point of points) {
    if (point.prediction) {
      if (current.length === 0) runs.push(current);
      current.push(point);
    } else if (current.length > 0) current = [];
  }
  return runs;
}

function drawRun(
  context: CanvasRenderingContext2D,
  { top, height }: Box,
  run: readonly RiverPoint[],
  toX: (sec: number) => number,
  { labels, colourOf, line, text, font }: RiverLook,
): void {
  const below = new Float64Array(run.length);
  const names: { label: string; x: number; y: number }[] = [];
  for (const label of labels) {
    const shares = run.map(({ prediction }) => prediction!.probabilities[label] ?? 0);
    const yOf = (index: number, share: number) => top + height * (1 - below[index]! - share);
    context.beginPath();
    run.forEach(({ sec }, index) => {
      context.lineTo(toX(sec), yOf(index, shares[index]!));
    });
    for (let index = run.length - 1; index >= 0; index--) {
      context.lineTo(toX(run[index]!.sec), yOf(index, 0));
    }
    context.closePath();
    context.fillStyle = colourOf(label);
    context.fill();
    context.strokeStyle = line;
    context.lineWidth = 1;
    context.stroke();
    names.push(...placeNames(label, run, shares, below, { top, height, toX }));
    shares.forEach((share, index) => {
      below[index]! += share;
    });
  }
  context.font = font;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const { label, x, y } of names) {
    const width = context.measureText(label).width + 10;
    context.fillStyle = line;
    context.globalAlpha = 0.82;
    context.beginPath();
    context.roundRect(x - width / 2, y - 9, width, 18, 5);
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = text;
    context.fillText(label, x, y + 0.5);
  }
}

/** One name in each stretch in which a label's band is high enough to carry it. */
function placeNames(
  label: string,
  run: readonly RiverPoint[],
  shares: readonly number[],
  below: Float64Array,
  { top, height, toX }: { top: number; height: number; toX(sec: number): number },
): { label: string; x: number; y: number }[] {
  const names = [];
  const isHigh = (index: number) =>
    shares[index]! >= namedShare && shares[index]! * height >= namedHeight;
  for (let start = 0; start < run.length; start++) {
    if (!isHigh(start)) continue;
    let end = start;
    let best = start;
    while (end + 1 < run.length && isHigh(end + 1)) {
      end++;
      if (shares[end]! > shares[best]!) best = end;
    }
    const from = toX(run[start]!.sec);
    const to = toX(run[end]!.sec);
    const room = 9 * label.length + 8;
    if (to - from >= room) {
      const x = Math.max(from + room / 2, Math.min(to - room / 2, toX(run[best]!.sec)));
      const middle = below[best]! + shares[best]! / 2;
      names.push({ label, x, y: top + height * (1 - middle) });
    }
    start = end;
  }
  return names;
}
