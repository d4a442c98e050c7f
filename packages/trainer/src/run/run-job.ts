/**
 * The program of one run in a process of its own: `node run-job.js FOLDER` trains what the folder's
 * settings say, goes on from its checkpoint if there is one, and tells its parent what happens.
 */
import { SerError } from '@ser/dsp-wasm';
import { readRunSettings } from './run-folder.ts';
import type { TrainEvent } from './train.ts';
import { trainHere } from './train-here.ts';

/** What a job tells its parent. */
export type JobMessage =
  | { type: 'event'; event: TrainEvent }
  | { type: 'failed'; code: SerError['code'] | null; message: string };

function tell(message: JobMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}

// Without its parent nobody waits for the run, and the next call would start it a second time.
process.once('disconnect', () => process.exit());

const [directory] = process.argv.slice(2) as [string];
try {
  await trainHere({
    settings: await readRunSettings(directory),
    outDirectory: directory,
    onEvent: (event) => {
      if (event.type === 'epoch') void tell({ type: 'event', event });
    },
  });
} catch (error) {
  const code = error instanceof SerError ? error.code : null;
  const message = error instanceof Error ? error.message : String(error);
  await tell({ type: 'failed', code, message });
  process.exitCode = 1;
} finally {
  process.disconnect?.();
}
