import { availableParallelism } from 'node:os';
import { SerError } from '@ser/dsp-wasm';
import { Tinypool } from 'tinypool';

/** Settings of {@link mapFiles}. */
export interface MapFilesOptions {
  /** Called with the number of files that are done. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const filesPerTask = 16;

/**
 * Has threads work on files, on all cores: `worker` is a module that exports `name`, which takes paths
 * and returns a result for each.
 *
 * @returns the results in the order of `paths`
 * @throws SerError `ABORTED` after the signal
 */
export async function mapFiles<Result>(
  paths: readonly string[],
  { worker, name }: { worker: URL; name: string },
  { onProgress, signal }: MapFilesOptions = {},
): Promise<Result[]> {
  const threads = availableParallelism();
  const pool = new Tinypool({ filename: worker.href, minThreads: 0, maxThreads: threads });
  const results = new Array<Result>(paths.length);
  let next = 0;
  let done = 0;
  const workOn = async (): Promise<void> => {
    while (next < paths.length && !signal?.aborted) {
      const first = next;
      const task = paths.slice(first, first + filesPerTask);
      next += task.length;
      const found: Result[] = await pool.run(task, { name });
      for (const [at, result] of found.entries()) results[first + at] = result;
      done += task.length;
      onProgress?.(done, paths.length);
    }
  };
  try {
    // Two tasks a thread keep every thread busy.
    await Promise.all(Array.from({ length: 2 * threads }, workOn));
  } finally {
    await pool.destroy();
  }
  if (signal?.aborted) throw new SerError('ABORTED', 'Listening to the clips was stopped.');
  return results;
}
