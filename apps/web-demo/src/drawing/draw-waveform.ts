/** Where on a canvas something is drawn, in CSS pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Draws the outline of a waveform, scaled so that its loudest peak almost fills the box. */
export function drawWaveform(
  context: CanvasRenderingContext2D,
  { left, top, width, height }: Box,
  peaks: Float32Array,
  colour: string,
): void {
  const columns = peaks.length / 2;
  const loudest = peaks.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const middle = top + height / 2;
  const scale = (0.46 * height) / loudest;
  context.fillStyle = colour;
  context.beginPath();
  for (let x = 0; x < width; x++) {
    const first = Math.min(columns - 1, Math.floor((x * columns) / width));
    const end = Math.max(first + 1, Math.floor(((x + 1) * columns) / width));
    let low = Infinity;
    let high = -Infinity;
    for (let column = first; column < Math.min(end, columns); column++) {
      low = Math.min(low, peaks[2 * column]!);
      high = Math.max(high, peaks[2 * column + 1]!);
    }
    const reach = Math.max(1, (high - low) * scale);
    context.rect(left + x, middle - (high + low) * 0.5 * scale - reach / 2, 1, reach);
  }
  context.fill();
}
