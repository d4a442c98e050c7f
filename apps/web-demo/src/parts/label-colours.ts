import type { LabelStyle } from '../label-style.ts';

const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');

/** CSS variables from which the style sheet takes a label's colour. */
export function colourVariables({ light, dark }: LabelStyle): Record<string, string> {
  return { '--light': light, '--dark': dark };
}

/** A label's colour for drawing, as the page looks now. */
export function colourNow({ light, dark }: LabelStyle): string {
  return darkScheme.matches ? dark : light;
}

/** The page's own colours for drawing, as it looks now. */
export function readPageColours(element: Element): {
  text: string;
  quiet: string;
  line: string;
  accent: string;
  card: string;
} {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name);
  return {
    text: read('--text'),
    quiet: read('--quiet'),
    line: read('--line'),
    accent: read('--accent'),
    card: read('--card'),
  };
}
