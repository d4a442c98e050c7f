import { z } from 'zod';
import { ServiceError } from './service-error.ts';

/** Of an address that takes no parameters. */
export const emptyQuerySchema = z.strictObject({});

/**
 * Returns a query that fits its schema, defaults filled in.
 *
 * @throws ServiceError `REQUEST_INVALID` naming the parameter.
 */
export function checkQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  const names = [...query.keys()];
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw invalid(`${repeated} in the query is given twice`);
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.');
  throw invalid(`${place ? `${place} in the query` : 'The query'} is wrong: ${issue?.message}`);
}

function invalid(what: string): ServiceError {
  const short = what.length > 200 ? `${what.slice(0, 200)}…` : what;
  return new ServiceError('REQUEST_INVALID', `${short}.`);
}
