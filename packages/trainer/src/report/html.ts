/** Markup that is safe to put into a page as it stands. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | null | undefined | false | readonly Value[];

/**
 * A template whose values are escaped, save those that are `Html` already. Lists are joined; null,
 * undefined and false give nothing.
 *
 * @example
 * html`<td title="${path}">${label}</td>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  let text = parts[0]!;
  values.forEach((value, at) => {
    text += toMarkup(value) + parts[at + 1]!;
  });
  return new Html(text);
}

function toMarkup(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(toMarkup).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
