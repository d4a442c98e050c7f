/** Corpora that are often at hand and not read, by the form of their names. */
const foreignCorpora: readonly { form: RegExp; what: string }[] = [
  { form: /(^|\/)(DC|JE|JK|KL)[_/](a|d|f|h|n|sa|su)\d\d\.\w+$/, what: 'SAVEE, which is not read' },
  { form: /(^|\/)Ses0\d[FM]_\w+\.\w+$/, what: 'IEMOCAP, which is not read' },
  { form: /(^|\/)dia\d+_utt\d+\.\w+$/, what: 'MELD, which is not read' },
  { form: /(^|\/)00\d\d_00\d{4}\.\w+$/, what: 'ESD, which is not read' },
  {
    form: /(^|\/)\d\d(-\d\d){6}[^/]+\.\w+$/,
    what: 'RAVDESS with something added; names are read as they were published',
  },
  {
    form: /(^|\/)\d{4}_[A-Z]{3}_[A-Z]{3}_(LO|MD|HI|XX?)[^/]+\.\w+$/,
    what: 'CREMA-D with something added; names are read as they were published',
  },
];

/**
 * Which corpus that is not read most of the paths look like, as words that end `names have the form
 * of …`; null where it is none that is known.
 */
export function findForeignCorpus(ids: readonly string[]): string | null {
  for (const { form, what } of foreignCorpora) {
    const count = ids.filter((id) => form.test(id)).length;
    if (2 * count > ids.length) {
      return `${count} of ${ids.length} names have the form of ${what}`;
    }
  }
  return null;
}
