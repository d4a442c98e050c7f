import type { z } from 'zod';
import { ServiceError } from './service-error.ts';

/**
 * Returns a query that fits its schema, defaults filled in.
 *
 * @throws ServiceError `REQUEST_INVALID` naming the parameter.
 */
export function checkQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: Record<string, string>,
): z.output<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.');
  throw new ServiceError(
    'REQUEST_INVALID',
    `${place ? `${place} in the query` : 'The query'} is wrong: ${issue?.message}.`,
  );
}
