import { SerError } from '@ser/dsp-wasm';
import type { z } from 'zod';

/**
 * Returns `value` as `schema` reads it.
 *
 * @param subject what it is, as a message begins
 * @throws SerError `INVALID_ARGUMENT` naming the first wrong field.
 */
export function parseSettings<T>(schema: z.ZodType<T>, value: unknown, subject: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SerError(
    'INVALID_ARGUMENT',
    `${subject} is wrong at ${issue?.path.join('.') || '(root)'}: ${issue?.message}.`,
  );
}
