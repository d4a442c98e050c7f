import type { Finding } from '@ser/trainer';
import { paint } from './terminal-style.ts';

/** A finding as one line, with its severity in colour on a terminal. */
export function formatFinding({ severity, message }: Finding): string {
  return `${paint(process.stdout, severity === 'error' ? 'red' : 'yellow', severity)}: ${message}`;
}
