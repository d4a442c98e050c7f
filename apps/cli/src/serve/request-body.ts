import type { IncomingMessage, ServerResponse } from 'node:http';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { SerError } from '@ser/dsp-wasm';
import { ServiceError } from './service-error.ts';
import type { ServiceLimits } from './settings.ts';

/** An upload. */
export interface UploadedFile {
  /** What the client calls it; undefined where the body is the file. For answers only, never a path. */
  name: string | undefined;
  /** Its bytes, as they arrived. */
  pieces: Uint8Array[];
}

/** The memory that uploads share. */
export class ByteBudget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get used(): number {
    return this.#used;
  }

  /** @throws ServiceError `OVERLOADED`. */
  take(bytes: number): void {
    if (this.#used + bytes > this.#most) {
      throw new ServiceError('OVERLOADED', 'Too many uploads are under way; try again later.');
    }
    this.#used += bytes;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

/** Where a body comes from, and what bounds it. */
export interface BodySource {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  limits: ServiceLimits;
  budget: ByteBudget;
}

/**
 * Reads the files of a request and has `use` do something with them; their memory is free again
 * after that.
 *
 * @throws ServiceError `BODY_TOO_LARGE`, before anything is read where the length is declared,
 *   `TOO_MANY_FILES`, `UPLOAD_TIMED_OUT`, `OVERLOADED` or `BODY_INVALID`; SerError what `use` throws,
 *   which names the form where the body came as one.
 */
export async function withFiles<T>(
  source: BodySource,
  use: (files: UploadedFile[], isMultipart: boolean) => Promise<T>,
): Promise<T> {
  const { incoming, budget } = source;
  const type = incoming.headers['content-type'] ?? '';
  const isMultipart = /^multipart\//i.test(type);
  let taken = 0;
  const take = (bytes: number): void => {
    budget.take(bytes);
    taken += bytes;
  };
  try {
    const files = isMultipart
      ? await readMultipart(source, type, take)
      : [{ name: undefined, pieces: await readWhole(source, take) }];
    return await use(files, isMultipart);
  } catch (error) {
    throw isForm(type) ? blameForm(error) : error;
  } finally {
    budget.giveBack(taken);
  }
}

/** What `curl -d` sends, and `curl --data-binary` as well, whose bodies are whole. */
const formType = 'application/x-www-form-urlencoded';

function isForm(type: string): boolean {
  return type.toLowerCase().startsWith(formType);
}

/** Audio that came as a form has most likely been damaged by that. */
function blameForm(error: unknown): unknown {
  if (!(error instanceof SerError) || !error.code.startsWith('AUDIO_')) return error;
  return new SerError(
    error.code,
    `${error.message} The body came as ${formType}: curl's -d and --data-urlencode send forms, without a file's line ends and zeros; --data-binary @file sends it as it is.`,
    { cause: error },
  );
}

type Take = (bytes: number) => void;

async function readWhole(source: BodySource, take: Take): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  await readChunks(source, take, (chunk) => pieces.push(chunk));
  return pieces;
}

/** Hands over the body chunk by chunk, within its limits of size and time. */
async function readChunks(
  { incoming, outgoing, limits }: BodySource,
  take: Take,
  use: (chunk: Uint8Array) => void,
): Promise<void> {
  const { maxBodyBytes, uploadTimeoutSec } = limits;
  if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  if (incoming.headers.expect) outgoing.writeContinue();
  let received = 0;
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown): void => {
      clearTimeout(timer);
      incoming.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost);
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(
      () => settle(uploadTimedOut(uploadTimeoutSec)),
      1000 * uploadTimeoutSec,
    );
    const onData = (chunk: Uint8Array): void => {
      try {
        received += chunk.length;
        if (received > maxBodyBytes) throw tooLarge(maxBodyBytes);
        take(chunk.length);
        use(chunk);
      } catch (error) {
        settle(error);
      }
    };
    const onEnd = (): void => settle();
    const onLost = (): void => settle(new ServiceError('BODY_INVALID', 'The body was cut off.'));
    incoming.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost);
  });
}

async function readMultipart(
  source: BodySource,
  type: string,
  take: Take,
): Promise<UploadedFile[]> {
  const { maxFiles } = source.limits;
  const parser = createParser(type, maxFiles);
  const files: UploadedFile[] = [];
  let failure: ServiceError | undefined;
  const fail = (error: ServiceError): void => {
    failure ??= error;
  };
  const refuse = (): void =>
    fail(
      new ServiceError('TOO_MANY_FILES', `The body has more than ${maxFiles} files, the limit.`),
    );
  parser.on('file', (_field, stream, name) => {
    const pieces: Uint8Array[] = [];
    stream.on('data', (chunk: Uint8Array) => pieces.push(chunk));
    stream.on('error', () => fail(malformed()));
    stream.on('end', () => files.push({ name, pieces }));
  });
  parser.on('filesLimit', refuse).on('partsLimit', refuse).on('fieldsLimit', refuse);
  const parsed = new Promise<void>((resolve) => {
    parser.on('finish', resolve);
    parser.on('error', () => {
      fail(malformed());
      resolve();
    });
  });
  await readChunks(source, take, (chunk) => {
    if (failure) throw failure;
    parser.write(chunk);
  });
  parser.end();
  await parsed;
  if (failure) throw failure;
  if (files.length === 0) throw malformed('It holds no file.');
  return files;
}

function createParser(type: string, maxFiles: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': type },
      limits: {
        files: maxFiles,
        fields: 16,
        parts: maxFiles + 16,
        fieldSize: 4096,
        headerPairs: 16,
      },
    });
  } catch {
    throw malformed();
  }
}

function malformed(detail = 'A part is cut off or malformed.'): ServiceError {
  return new ServiceError('BODY_INVALID', `The body is no multipart form of files: ${detail}`);
}

function tooLarge(maxBodyBytes: number): ServiceError {
  const mebibytes = maxBodyBytes / 2 ** 20;
  return new ServiceError('BODY_TOO_LARGE', `The body is larger than ${mebibytes} MiB, the limit.`);
}

function uploadTimedOut(seconds: number): ServiceError {
  return new ServiceError('UPLOAD_TIMED_OUT', `The body took more than ${seconds} s to arrive.`);
}
