import { SerError, type SerErrorCode } from '@ser/dsp-wasm';

/** Status of every error that only the service has; `docs/serving.md` lists them. */
export const serviceErrorStatus = {
  BODY_INVALID: 400,
  BODY_TOO_LARGE: 413,
  HOST_REFUSED: 403,
  METHOD_NOT_ALLOWED: 405,
  NOT_FOUND: 404,
  ORIGIN_REFUSED: 403,
  OVERLOADED: 503,
  REQUEST_INVALID: 400,
  SHUTTING_DOWN: 503,
  TIMED_OUT: 503,
  TOO_MANY_FILES: 413,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_STREAMS: 429,
  UNAUTHORIZED: 401,
  UNEXPECTED: 500,
  UPLOAD_TIMED_OUT: 408,
  WORKER_LOST: 503,
} as const;

export type ServiceErrorCode = keyof typeof serviceErrorStatus;

/** A request that is refused, or could not be served. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error as clients get it. */
export interface Failure {
  status: number;
  body: { code: string; message: string };
}

const audioStatus: Partial<Record<SerErrorCode, number>> = {
  // The client has gone; for figures and the log only.
  ABORTED: 499,
  AUDIO_DECODE_FAILED: 422,
  AUDIO_EMPTY: 422,
  AUDIO_NOT_FINITE: 422,
  AUDIO_SILENT: 422,
  AUDIO_TOO_LONG: 413,
  AUDIO_TOO_SHORT: 422,
  AUDIO_UNSUPPORTED: 415,
  INVALID_ARGUMENT: 400,
};

/** What an error tells a client; of one that nobody foresaw, nothing but that it happened. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ServiceError) {
    const { code, message } = error;
    return { status: serviceErrorStatus[code], body: { code, message } };
  }
  const status = error instanceof SerError ? audioStatus[error.code] : undefined;
  if (status !== undefined) {
    const { code, message } = error as SerError;
    return { status, body: { code, message } };
  }
  const message = 'Something unexpected went wrong; the log of the server says what.';
  return { status: 500, body: { code: 'UNEXPECTED', message } };
}
