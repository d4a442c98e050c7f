import { SerError, type SerErrorCode } from './errors.ts';

/** How pointers begin, by the names that Git LFS has had. */
const beginnings = [
  'version https://git-lfs.github.com/spec/',
  'version https://hawser.github.com/spec/',
];

/**
 * Throws where a file is what a clone without Git LFS has in a large file's place.
 *
 * @param code of the error: what a file that is none of its kind has
 * @param what the file should be, as `audio` or `the model`
 * @throws SerError of that code
 */
export function assertNoLfsPointer(bytes: Uint8Array, code: SerErrorCode, what: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, 48));
  if (!beginnings.some((beginning) => start.startsWith(beginning))) return;
  throw new SerError(
    code,
    `The file is a Git LFS pointer, which stands for ${what}; \`git lfs pull\` in its repository fetches the file itself.`,
  );
}
