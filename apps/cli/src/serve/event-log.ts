/** A line of the log, besides its time. */
export interface LogEvent {
  level: 'info' | 'warn' | 'error';
  event: string;
  [field: string]: string | number | boolean | undefined;
}

/** Writes the log to standard output, a JSON object a line. Nothing of a person is ever in it. */
export function logEvent({ level, event, ...fields }: LogEvent): void {
  const line = { time: new Date().toISOString(), level, event, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
