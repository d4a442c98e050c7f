import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from './service-error.ts';
import type { ServeSettings } from './settings.ts';

type GuardSettings = Pick<ServeSettings, 'host' | 'token' | 'allowedHosts' | 'allowedOrigins'>;

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Refuses requests under a name that is not the service's: on loopback, a web page whose name has
 * been pointed at this machine (DNS rebinding) would otherwise be let in as its own.
 *
 * @throws ServiceError `HOST_REFUSED`.
 */
export function checkHost(headers: IncomingHttpHeaders, settings: GuardSettings): void {
  const { host, allowedHosts } = settings;
  if (!isLoopback(host) && allowedHosts.length === 0) return;
  const name = (headers.host ?? '').replace(/:\d*$/, '').toLowerCase();
  const bound = host.includes(':') ? `[${host}]` : host;
  if ([bound, ...loopbackNames, ...allowedHosts].includes(name)) return;
  throw new ServiceError('HOST_REFUSED', 'The Host header names another host; see --allow-host.');
}

/** The origin that may read an answer, for the CORS header; undefined for requests of the same one. */
export function findAllowedOrigin(
  headers: IncomingHttpHeaders,
  { allowedOrigins }: GuardSettings,
): string | undefined {
  const { origin } = headers;
  return origin && (allowedOrigins.includes('*') || allowedOrigins.includes(origin))
    ? origin
    : undefined;
}

/**
 * Refuses what a page of another origin sends, WebSockets included, which no browser holds back.
 *
 * @throws ServiceError `ORIGIN_REFUSED`.
 */
export function checkOrigin(headers: IncomingHttpHeaders, settings: GuardSettings): void {
  const { origin, host } = headers;
  if (!origin || findAllowedOrigin(headers, settings)) return;
  if (origin === `http://${host}` || origin === `https://${host}`) return;
  throw new ServiceError('ORIGIN_REFUSED', 'Pages of this origin may not ask; see --allow-origin.');
}

/**
 * Asks for the bearer token, compared in constant time.
 *
 * @throws ServiceError `UNAUTHORIZED`.
 */
export function checkToken(headers: IncomingHttpHeaders, { token }: GuardSettings): void {
  if (token === undefined) return;
  const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  throw new ServiceError('UNAUTHORIZED', 'The header `Authorization: Bearer <token>` is needed.');
}

/** Of equal length, as the comparison asks for. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
