/** How a label looks wherever it is drawn; its name always stands beside. */
export interface LabelStyle {
  light: string;
  dark: string;
  /** Which of the page's eight patterns marks it, for eyes that tell few colours apart. */
  pattern: number;
}

/** After the palette of Okabe and Ito, which stays distinct for colour-blind eyes. */
const styles: readonly LabelStyle[] = [
  { light: '#7d8a86', dark: '#97a5a0', pattern: 0 },
  { light: '#56b4e9', dark: '#6cc0ef', pattern: 1 },
  { light: '#e8a90c', dark: '#f2bd3a', pattern: 2 },
  { light: '#0072b2', dark: '#3d93cf', pattern: 3 },
  { light: '#d55e00', dark: '#ee7a26', pattern: 4 },
  { light: '#7a4fa3', dark: '#a982d0', pattern: 5 },
  { light: '#009e73', dark: '#27b88c', pattern: 6 },
  { light: '#cc79a7', dark: '#dd93bb', pattern: 7 },
];

/** Emotions that corpora share have the same look in every model. */
const known: Readonly<Record<string, number>> = {
  neutral: 0,
  calm: 1,
  boredom: 1,
  happy: 2,
  happiness: 2,
  sad: 3,
  sadness: 3,
  angry: 4,
  anger: 4,
  fearful: 5,
  fear: 5,
  disgust: 6,
  surprised: 7,
  surprise: 7,
};

/** Styles of a model's labels, in their order; labels that are not known get what is left over. */
export function styleLabels(labels: readonly string[]): ReadonlyMap<string, LabelStyle> {
  const taken = new Set(labels.map((label) => known[label.toLowerCase()]));
  const free = styles.map((_, index) => index).filter((index) => !taken.has(index));
  let next = 0;
  return new Map(
    labels.map((label) => {
      const own = known[label.toLowerCase()];
      const pool = free.length > 0 ? free : styles.map((_, index) => index);
      const index = own ?? pool[next++ % pool.length]!;
      return [label, styles[index]!];
    }),
  );
}
