import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes a folder of files whose content is their name, or what `content` says, for one test. */
export async function makeFolder(
  names: readonly string[],
  content: Record<string, string> = {},
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ser-corpus-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const name of [...names, ...Object.keys(content)]) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content[name] ?? name);
  }
  return directory;
}
