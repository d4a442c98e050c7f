import { createCanvas, type SKRSContext2D, SvgExportFlag } from '@napi-rs/canvas';
import { interpolateMagma } from 'd3-scale-chromatic';
import type { Panel } from './panel.ts';

const width = 900;
const left = 84;
const right = 16;
const titleHeight = 28;
const heatHeight = 160;
const lineHeight = 90;
const gap = 14;
const footer = 44;
const font = '12px "DejaVu Sans", "Liberation Sans", Arial, sans-serif';
const titleFont = 'bold 13px "DejaVu Sans", "Liberation Sans", Arial, sans-serif';
const ink = '#1d1f24';
const faint = '#5d6470';

/**
 * Draws panels below one another over a common time axis.
 *
 * @param durationSec what the horizontal axis spans, in seconds
 * @returns the bytes of a PNG, twice as large as drawn, or of an SVG whose text is paths
 */
export function drawSheet(
  panels: readonly Panel[],
  durationSec: number,
  format: 'png' | 'svg',
): Uint8Array {
  const heights = panels.map(({ rows }) => (rows === 1 ? lineHeight : heatHeight));
  const height = heights.reduce((sum, each) => sum + titleHeight + each + gap, 0) + footer;
  if (format === 'svg') {
    const canvas = createCanvas(width, height, SvgExportFlag.ConvertTextToPaths);
    drawPanels(canvas.getContext('2d'), panels, heights, height, durationSec);
    return canvas.getContent();
  }
  const canvas = createCanvas(2 * width, 2 * height);
  const context = canvas.getContext('2d');
  context.scale(2, 2);
  drawPanels(context, panels, heights, height, durationSec);
  return canvas.toBuffer('image/png');
}

function drawPanels(
  context: SKRSContext2D,
  panels: readonly Panel[],
  heights: readonly number[],
  sheetHeight: number,
  durationSec: number,
): void {
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, sheetHeight);
  let top = 0;
  panels.forEach((panel, index) => {
    top += titleHeight;
    const height = heights[index]!;
    context.fillStyle = ink;
    context.font = titleFont;
    context.textAlign = 'left';
    context.textBaseline = 'alphabetic';
    context.fillText(panel.title, left, top - 9);
    if (panel.rows === 1) drawLine(context, panel, top, height);
    else drawHeat(context, panel, top, height);
    context.save();
    context.translate(14, top + height / 2);
    context.rotate(-Math.PI / 2);
    drawText(context, panel.unit, 0, 0, 'center');
    context.restore();
    top += height + gap;
  });
  drawTimeAxis(context, top - gap, durationSec);
}

/** One pixel a value, scaled into the panel; the lowest row is drawn lowest. */
function drawHeat(context: SKRSContext2D, panel: Panel, top: number, height: number): void {
  const { frames, rows, values } = panel;
  const { low, span } = measureRange(panel.clipsTails ? clipTails(values) : values);
  const picture = createCanvas(frames, rows);
  const pixels = picture.getContext('2d').createImageData(frames, rows);
  const colours = Array.from({ length: 256 }, (_, level) =>
    parseColour(interpolateMagma(level / 255)),
  );
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < rows; row++) {
      const share = (values[frame * rows + row]! - low) / span;
      const level = Math.round(255 * Math.min(1, Math.max(0, share)));
      pixels.data.set(colours[level]!, 4 * ((rows - 1 - row) * frames + frame));
    }
  }
  picture.getContext('2d').putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, left, top, width - left - right, height);
  for (const { position, text } of panel.ticks) {
    drawText(context, text, left - 6, top + height * (1 - position), 'right');
  }
}

function drawLine(context: SKRSContext2D, panel: Panel, top: number, height: number): void {
  const { frames, values } = panel;
  const { low, span } = measureRange(values);
  context.strokeStyle = '#c9ced6';
  context.lineWidth = 1;
  context.strokeRect(left, top, width - left - right, height);
  context.strokeStyle = '#7b2382';
  context.lineWidth = 1.5;
  context.beginPath();
  let isDrawing = false;
  for (let frame = 0; frame < frames; frame++) {
    const value = values[frame]!;
    const x = left + ((frame + 0.5) / frames) * (width - left - right);
    const y = top + height - 4 - ((value - low) / span) * (height - 8);
    if (Number.isNaN(value)) isDrawing = false;
    else if (isDrawing) context.lineTo(x, y);
    else context.moveTo(x, y);
    if (!Number.isNaN(value)) isDrawing = true;
  }
  context.stroke();
  drawText(context, formatValue(low + span), left - 6, top + 6, 'right');
  drawText(context, formatValue(low), left - 6, top + height - 6, 'right');
}

function drawTimeAxis(context: SKRSContext2D, top: number, durationSec: number): void {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600].find(
    (each) => durationSec / each <= 12,
  );
  const ticks = step ?? durationSec / 10;
  for (let time = 0; time <= durationSec + 1e-9; time += ticks) {
    const x = left + (time / durationSec) * (width - left - right);
    context.fillStyle = faint;
    context.fillRect(x, top, 1, 4);
    drawText(context, String(Number(time.toFixed(2))), x, top + 13, 'center');
  }
  drawText(context, 'seconds', (left + width - right) / 2, top + 32, 'center');
}

function drawText(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  align: 'center' | 'right',
): void {
  context.font = font;
  context.fillStyle = faint;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillText(text, x, y);
}

/** The values without the outermost 3 % at each end, which would take all the colours. */
function clipTails(values: Float32Array): Float32Array {
  const tail = Math.floor(values.length * 0.03);
  return values
    .slice()
    .sort()
    .subarray(tail, values.length - tail);
}

function measureRange(values: Float32Array): { low: number; span: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, span: high > low ? high - low : 1 };
}

function parseColour(hex: string): [number, number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}

function formatValue(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
