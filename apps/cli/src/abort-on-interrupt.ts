let running: AbortController | undefined;

/**
 * Runs a task with a signal that Ctrl-C aborts, so that the task can finish its last write. A
 * second Ctrl-C ends the process at once.
 */
export async function abortOnInterrupt<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  running = controller;
  try {
    return await task(controller.signal);
  } finally {
    running = undefined;
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Aborts the task that {@link abortOnInterrupt} runs; false where none runs. */
export function abortRunningTask(): boolean {
  running?.abort();
  return running !== undefined;
}
