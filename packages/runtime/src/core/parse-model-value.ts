import { SerError } from '@ser/dsp-wasm';
import type * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

const { localeError } = english();

/**
 * Returns `value`, which a model file holds under `name`, as its schema makes it.
 *
 * @throws SerError `MODEL_INVALID` naming the first field that is missing or wrong.
 */
export function parseModelValue<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  name: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: localeError });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || '(root)';
  throw new SerError('MODEL_INVALID', `${name} is wrong at ${field}: ${issue?.message}.`);
}
