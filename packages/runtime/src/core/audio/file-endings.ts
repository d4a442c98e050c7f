/** Endings of the files whose formats are read; what a file is, its content decides. */
const readableEndings: readonly string[] = [
  ...['.wav', '.wave', '.bwf', '.rf64', '.w64', '.aif', '.aifc', '.aiff', '.au', '.snd', '.caf'],
  ...['.flac', '.mp2', '.mp3', '.mpga', '.oga', '.ogg', '.opus', '.mka', '.weba', '.webm'],
];

/** Endings of recordings in formats that are not read, those of films among them. */
const foreignEndings: readonly string[] = [
  ...['.3g2', '.3ga', '.3gp', '.aac', '.ac3', '.alac', '.amr', '.ape', '.asf', '.avi', '.awb'],
  ...['.ds2', '.dss', '.dts', '.eac3', '.flv', '.gsm', '.m4a', '.m4b', '.m4r', '.m4v', '.mkv'],
  ...['.mov', '.mp4', '.mpc', '.mpeg', '.mpg', '.nist', '.qcp', '.ra', '.sd2', '.sph', '.spx'],
  ...['.tta', '.voc', '.vox', '.wma', '.wmv', '.wv'],
];

/**
 * Whether a file is a recording by the ending of its name: in a format that is read, in another one,
 * or neither.
 */
export function sortByEnding(fileName: string): 'readable' | 'foreign' | null {
  const ending = /\.[^./\\]+$/.exec(fileName)?.[0].toLowerCase() ?? '';
  if (readableEndings.includes(ending)) return 'readable';
  return foreignEndings.includes(ending) ? 'foreign' : null;
}

/**
 * How many files have which ending, the most common first.
 *
 * @example
 * countEndings(['a.m4a', 'b.M4A', 'c.webm']); // '2 M4A, 1 WEBM'
 */
export function countEndings(fileNames: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of fileNames) {
    const kind = name.slice(name.lastIndexOf('.') + 1).toUpperCase();
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}
