import { signal } from '@preact/signals';

/** What a screen reader is told without being asked. */
export const announcement = signal('');

/** Tells a screen reader what has happened. */
export function announce(text: string): void {
  announcement.value = text;
}
