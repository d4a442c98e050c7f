import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const worker = 'service-worker.js';

/**
 * Tells the service worker what to keep: puts `const precache = { version, files }` at its head.
 * Files that `isLazy` are kept once they have been used, not before.
 */
export function precachePlugin(isLazy: (file: string) => boolean): Plugin {
  let publicFolder = '';
  return {
    name: 'precache',
    apply: 'build',
    configResolved: (config) => {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const entry = bundle[worker];
        if (entry?.type !== 'chunk') throw new Error(`The bundle has no ${worker}.`);
        const digest = createHash('sha256').update(entry.code);
        const files: string[] = ['./'];
        for (const [file, output] of Object.entries(bundle).sort()) {
          if (file === worker || file.endsWith('.map')) continue;
          digest.update(file).update(output.type === 'chunk' ? output.code : output.source);
          if (file !== 'index.html' && !isLazy(file)) files.push(file);
        }
        for (const file of listFiles(publicFolder)) {
          digest.update(file).update(readFileSync(join(publicFolder, file)));
          files.push(file);
        }
        const precache = { version: digest.digest('hex').slice(0, 16), files };
        entry.code = `const precache = ${JSON.stringify(precache)};\n${entry.code}`;
      },
    },
  };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
