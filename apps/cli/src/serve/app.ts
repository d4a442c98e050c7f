import type { HttpBindings } from '@hono/node-server';
import { formatSegments, type SegmentFormat } from '@ser/runtime';
import { type Context, Hono } from 'hono';
import { routePath } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { version } from '../version.ts';
import { checkQuery, emptyQuerySchema } from './check-query.ts';
import { createDocsPage } from './docs-page.ts';
import { logEvent } from './event-log.ts';
import { checkHost, checkOrigin, checkToken, findAllowedOrigin } from './guards.ts';
import { createOpenApiDocument } from './openapi.ts';
import { type UploadedFile, withFiles } from './request-body.ts';
import {
  type Outcomes,
  predictQuerySchema,
  readFollowing,
  readLabels,
  timelineQuerySchema,
} from './schemas.ts';
import type { Service } from './service.ts';
import { ServiceError, toFailure } from './service-error.ts';
import type { Judging } from './work/messages.ts';

type Env = { Bindings: HttpBindings; Variables: { code: string } };

const apiPolicy = "default-src 'none'; frame-ancestors 'none'";
const timelineTypes: Record<SegmentFormat, string> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  audacity: 'text/plain; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

const probes = ['/healthz', '/readyz', '/metrics'];
const documents = ['/openapi.json', '/docs'];

/** All that the service answers over HTTP. */
export function createApp(service: Service): Hono<Env> {
  const app = new Hono<Env>();
  addWrapping(app, service);
  addApi(app, service);
  addPages(app, service);
  app.notFound(() => {
    throw new ServiceError('NOT_FOUND', 'There is nothing at this address.');
  });
  app.onError((error, context) => {
    const { status, body } = toFailure(error);
    context.set('code', body.code);
    if (status === 500) logEvent({ level: 'error', event: 'failure', stack: error.stack });
    if (status === 429 || status === 503) context.header('retry-after', '1');
    if (status === 401) context.header('www-authenticate', 'Bearer');
    return context.json(body, status as ContentfulStatusCode);
  });
  return app;
}

/** What holds for every request: figures, log, headers, and who may ask. */
function addWrapping(app: Hono<Env>, service: Service): void {
  const { settings, metrics } = service;
  app.use(async (context, next) => {
    const start = performance.now();
    await next();
    const seconds = (performance.now() - start) / 1000;
    const { method } = context.req;
    const route = nameRoute(routePath(context, -1));
    const { status } = context.res;
    metrics.requests.inc({ route, method, status });
    if (route !== 'other') metrics.requestSeconds.observe({ route }, seconds);
    const ms = Math.round(10_000 * seconds) / 10;
    if (!settings.logsRequests) return;
    const { code } = context.var;
    logEvent({ level: 'info', event: 'request', method, route, status, ms, code });
  });
  app.use(async (context, next) => {
    const { headers } = context.env.incoming;
    context.header('x-content-type-options', 'nosniff');
    context.header('referrer-policy', 'no-referrer');
    context.header('content-security-policy', apiPolicy);
    context.header('cross-origin-opener-policy', 'same-origin');
    if (service.isStopping) context.header('connection', 'close');
    checkHost(headers, settings);
    await next();
  });
  app.use('/v1/*', async (context, next) => {
    const { headers } = context.env.incoming;
    const origin = findAllowedOrigin(headers, settings);
    context.header('cache-control', 'no-store');
    context.header('vary', 'Origin');
    checkOrigin(headers, settings);
    if (origin) context.header('access-control-allow-origin', origin);
    if (origin && context.req.method === 'OPTIONS') {
      context.header('access-control-allow-methods', 'GET, POST');
      context.header('access-control-allow-headers', 'authorization, content-type');
      context.header('access-control-max-age', '600');
      return context.body(null, 204);
    }
    checkToken(headers, settings);
    return next();
  });
  app.use('/metrics', async (context, next) => {
    checkToken(context.env.incoming.headers, settings);
    await next();
  });
}

function addApi(app: Hono<Env>, service: Service): void {
  const { settings, manifest, clips, metrics } = service;
  const { limits } = settings;

  for (const path of ['/v1/model', ...probes, ...documents]) {
    app.use(path, async (context, next) => {
      checkQuery(emptyQuerySchema, listParameters(context));
      await next();
    });
  }

  app.post('/v1/predict', async (context) => {
    const query = checkQuery(predictQuerySchema, listParameters(context));
    const judging = { speechCheck: query.speechCheck === 'true', ...readLabels(query.labels) };
    const signal = watchClient(context);
    clips.assertRoom(1);
    return withFiles(sourceOf(context, service), async (files, isMultipart) => {
      const options = { judging, signal };
      if (!isMultipart) return context.json(await predict(files[0]!, options));
      clips.assertRoom(files.length);
      const results = await Promise.all(files.map((file) => judge(file, options)));
      return context.json({ results } satisfies Outcomes);
    });
  });

  app.post('/v1/timeline', async (context) => {
    const query = checkQuery(timelineQuerySchema, listParameters(context));
    const { format, ...windowing } = readFollowing(query);
    const signal = watchClient(context);
    clips.assertRoom(1);
    return withFiles(sourceOf(context, service), async (files) => {
      if (files.length > 1) {
        throw new ServiceError('TOO_MANY_FILES', 'A timeline is of one recording; send one file.');
      }
      const { maxDurationSec } = limits;
      const input = { audio: files[0]!.pieces, signal };
      const segments = await count(clips.run('timeline', { maxDurationSec, ...windowing }, input));
      const text = formatSegments(segments, format);
      return context.body(text, 200, { 'content-type': timelineTypes[format] });
    });
  });

  app.get('/v1/model', (context) => {
    const { maxBodyBytes, maxFiles, maxDurationSec, timeoutSec } = limits;
    const allowed = { maxBodyBytes, maxFiles, maxDurationSec, timeoutSec };
    return context.json({ version, labels: manifest.labels, manifest, limits: allowed });
  });

  app.get('/v1/stream', () => {
    throw new ServiceError('REQUEST_INVALID', 'Live audio comes over a WebSocket to this address.');
  });
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', (context) => {
    if (service.isStopping)
      throw new ServiceError('SHUTTING_DOWN', 'The service is shutting down.');
    if (clips.workerCount === 0) throw new ServiceError('WORKER_LOST', 'No worker is ready.');
    return context.json({ status: 'ready' });
  });
  app.get('/metrics', async (context) => {
    const { registry } = metrics;
    return context.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  for (const path of ['/v1/predict', '/v1/timeline', '/v1/model', '/v1/stream']) {
    app.all(path, (context) => {
      const allowed = path === '/v1/predict' || path === '/v1/timeline' ? 'POST' : 'GET';
      context.header('allow', allowed);
      throw new ServiceError('METHOD_NOT_ALLOWED', `${path} takes ${allowed}.`);
    });
  }

  async function predict(
    { pieces: audio }: UploadedFile,
    { judging, signal }: { judging: Judging; signal: AbortSignal },
  ) {
    const task = { maxDurationSec: limits.maxDurationSec, ...judging };
    const prediction = await count(clips.run('predict', task, { audio, signal }));
    metrics.audioSeconds.inc({ source: 'clips' }, prediction.durationSec);
    return prediction;
  }

  async function judge(
    file: UploadedFile,
    options: { judging: Judging; signal: AbortSignal },
  ): Promise<Outcomes['results'][number]> {
    const name = file.name ?? '';
    try {
      return { name, prediction: await predict(file, options) };
    } catch (error) {
      return { name, error: toFailure(error).body };
    }
  }

  async function count<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      metrics.clips.inc({ outcome: 'ok' });
      return result;
    } catch (error) {
      metrics.clips.inc({ outcome: toFailure(error).body.code });
      throw error;
    }
  }
}

function addPages(app: Hono<Env>, service: Service): void {
  const document = createOpenApiDocument(service.settings);
  const docs = createDocsPage(document);
  app.get('/openapi.json', (context) => context.json(document));
  app.get('/docs', (context) => {
    context.header('content-security-policy', docs.contentSecurityPolicy);
    return context.html(docs.html);
  });
  for (const [path, { bytes, headers }] of service.demoFiles) {
    app.get(path, (context) => context.body(bytes as Uint8Array<ArrayBuffer>, 200, headers));
  }
  if (service.demoFiles.size === 0) app.get('/', (context) => context.redirect('/docs'));
}

/** Addresses that a client has made up must not become names of figures. */
function nameRoute(pattern: string): string {
  return probes.includes(pattern) || /^\/v1\/\w+$/.test(pattern) ? pattern : 'other';
}

function listParameters(context: Context<Env>): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

function sourceOf(context: Context<Env>, { settings, budget }: Service) {
  return { ...context.env, limits: settings.limits, budget };
}

/** A signal for the client having gone before its answer. */
function watchClient({ env: { outgoing } }: Context<Env>): AbortSignal {
  const controller = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  return controller.signal;
}
