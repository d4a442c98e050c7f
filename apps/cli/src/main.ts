import { abortRunningTask } from './abort-on-interrupt.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

// Keeps onnxruntime from telling its maker of its use; a worker thread could not set it for the library.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

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
