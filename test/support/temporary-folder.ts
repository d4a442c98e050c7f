import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes a folder that is removed after the tests of the file or block it is called in. */
export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ser-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
