import { abortRunningTask } from './abort-on-interrupt.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

// `ser predict … | head -1`: nobody reads on, which is no failure.
let hasReaderLeft = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  hasReaderLeft = true;
  if (!abortRunningTask()) process.exit();
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = hasReaderLeft ? 0 : reportFailure(error);
}
