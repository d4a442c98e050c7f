/** Stops of the map from dark to bright: lightness rises evenly, and no pair needs red or green. */
const stops = [
  [13, 17, 32],
  [24, 42, 82],
  [27, 84, 118],
  [37, 128, 133],
  [92, 170, 134],
  [174, 205, 128],
  [250, 236, 150],
] as const;
const tableLength = 256;
const table = createTable();

/**
 * Paints shades, low rows at the bottom.
 *
 * @param shades [columns, rows], 0 is dark, 1 bright; beyond both ends as at the ends.
 */
export function paint(shades: Float32Array, columns: number, rows: number): ImageData {
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < rows; row++) {
    const line = (rows - 1 - row) * columns;
    for (let column = 0; column < columns; column++) {
      const shade = shades[column * rows + row]!;
      const index = Math.max(0, Math.min(tableLength - 1, Math.round(shade * (tableLength - 1))));
      pixels[line + column] = table[index]!;
    }
  }
  return image;
}

function createTable(): Uint32Array {
  const bytes = new Uint8ClampedArray(4 * tableLength);
  for (let index = 0; index < tableLength; index++) {
    const place = (index / (tableLength - 1)) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(place));
    for (let channel = 0; channel < 3; channel++) {
      const from = stops[below]![channel]!;
      const to = stops[below + 1]![channel]!;
      bytes[4 * index + channel] = from + (place - below) * (to - from);
    }
    bytes[4 * index + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}
