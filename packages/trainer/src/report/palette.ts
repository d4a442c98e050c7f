/** The colours of a chart. */
export interface Palette {
  surface: string;
  text: string;
  muted: string;
  grid: string;
  /** Training side, and the shade of cells and bars. */
  first: string;
  /** Validation side. */
  second: string;
  third: string;
  /** Text on a full `first`. */
  onFirst: string;
}

/** For a file of its own, which a viewer shows on any ground. */
export const lightPalette: Palette = {
  surface: '#ffffff',
  text: '#1f2328',
  muted: '#59636e',
  grid: '#d8dee4',
  first: '#2c64c8',
  second: '#d0580b',
  third: '#1a7f5a',
  onFirst: '#ffffff',
};

export const darkPalette: Palette = {
  surface: '#14181d',
  text: '#e6e9ed',
  muted: '#9aa4af',
  grid: '#343b44',
  first: '#6ea0f5',
  second: '#f2935a',
  third: '#5fc79b',
  onFirst: '#0b0f14',
};

/** For a chart within a page, whose style sheet sets the colours by `formatPaletteVariables`. */
export const pagePalette = Object.fromEntries(
  Object.keys(lightPalette).map((name) => [name, `var(--${name})`]),
) as unknown as Palette;

/** The CSS custom properties that `pagePalette` stands for. */
export function formatPaletteVariables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}
