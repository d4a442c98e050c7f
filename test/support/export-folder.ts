import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WeightsFolder } from '@ser/encoders';

/** A folder of the disk as importers take it, with files in place of its own or beside them. */
export function openFolder(
  path: string,
  replaced: Readonly<Record<string, Uint8Array | string | null>> = {},
): WeightsFolder {
  const own = readdirSync(path);
  const all = new Set([...own, ...Object.keys(replaced)]);
  return {
    name: basename(path),
    files: [...all].filter((file) => replaced[file] !== null),
    read: async (file) => {
      const other = replaced[file];
      if (typeof other === 'string') return new TextEncoder().encode(other);
      return other ?? new Uint8Array(readFileSync(join(path, file)));
    },
  };
}
