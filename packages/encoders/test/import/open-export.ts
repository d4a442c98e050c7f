import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WeightsFolder } from '../../src/import/weights-folder.ts';

/** Path of a file that `test/peers/export_encoders.py` wrote. */
export function exportPath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/exports/${name}`, import.meta.url));
}

/** An export among the fixtures, with files in place of its own or beside them; null: without it. */
export function openExport(
  name: string,
  replaced: Readonly<Record<string, Uint8Array | string | object | null>> = {},
): WeightsFolder {
  const path = exportPath(name);
  const all = new Set([...readdirSync(path), ...Object.keys(replaced)]);
  return {
    name: path,
    files: [...all].filter((file) => replaced[file] !== null),
    read: async (file) => {
      const other = replaced[file];
      if (other instanceof Uint8Array) return other;
      if (other) {
        return new TextEncoder().encode(typeof other === 'string' ? other : JSON.stringify(other));
      }
      return readFileSync(`${path}/${file}`);
    },
  };
}

/** A JSON file of an export with some of its fields changed. */
export function changeJson(name: string, file: string, changes: object): object {
  return { ...JSON.parse(readFileSync(`${exportPath(name)}/${file}`, 'utf8')), ...changes };
}
