import { SerError } from '@ser/dsp-wasm';
import { shorten } from './name-source.ts';

/** @throws SerError `INVALID_ARGUMENT` for what is no array, such as the path of a single clip. */
export function assertList(name: string, value: unknown): void {
  if (Array.isArray(value)) return;
  const shown =
    typeof value === 'object' ? Object.prototype.toString.call(value) : JSON.stringify(value);
  throw new SerError(
    'INVALID_ARGUMENT',
    `${name} is ${shorten(String(shown))}; it must be an array.`,
  );
}
