/**
 * The text of a file that a person or another program wrote: UTF-8, or UTF-16 as Windows saves it,
 * with or without a byte-order mark, which is left out.
 *
 * @example
 * const settings = JSON.parse(decodeText(await readFile('settings.json')));
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(findEncoding(bytes)).decode(bytes);
}

/** Without a mark, a zero beside the first character tells UTF-16: lists and JSON begin with ASCII. */
function findEncoding([first, second]: Uint8Array): string {
  if (first === undefined || second === undefined) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
