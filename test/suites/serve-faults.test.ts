import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../support/run-ser.ts';
import { isAlive, ServeProcess, waitUntil } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const clip = new Uint8Array(
  readFileSync(join(root, 'packages/runtime/test/fixtures/clips/pcm16.wav')),
);
const folder = makeTemporaryFolder();
let server: ServeProcess;

const start = async (...args: string[]) => {
  server = await ServeProcess.start(args, { TMPDIR: folder });
};
const predict = () => server.post('/v1/predict', clip);
const isServed = { status: 200, body: { label: expect.any(String) } };

afterEach(async () => {
  await server.stop('SIGKILL');
  expect(readdirSync(folder)).toEqual([]);
});

describe('a worker', () => {
  beforeEach(() => start('--workers', '1', '--timeout-sec', '2', '--max-queue', '1'));

  it('that is killed costs its request, and is replaced', async () => {
    const [worker] = server.listWorkers();
    process.kill(worker!, 'SIGSTOP');
    const lost = predict();
    // The stopped worker has the first clip, so another one waits, and a third has no room.
    await waitUntil(async () => {
      const waiting = await server.readMetric('ser_queue_clips ');
      return waiting === 0 && (await server.readMetric('ser_upload_bytes ')) > 0;
    });
    const waiting = predict();
    await waitUntil(async () => (await server.readMetric('ser_queue_clips ')) === 1);
    expect(await predict()).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    process.kill(worker!, 'SIGKILL');
    expect(await lost).toMatchObject({ status: 503, body: { code: 'WORKER_LOST' } });
    expect(await waiting).toMatchObject(isServed);
    expect(server.listWorkers()).not.toContain(worker);
    expect(await server.readMetric('ser_worker_restarts_total ')).toBe(1);
  });

  it('that is killed while it waits is replaced before it is missed', async () => {
    const [worker] = server.listWorkers();
    process.kill(worker!, 'SIGKILL');
    await server.waitForEvent('worker-replaced');
    await waitUntil(async () => (await server.readMetric('ser_workers ')) === 1);
    expect(await predict()).toMatchObject(isServed);
  });

  it('that is stuck costs its request, and is ended', async () => {
    const [worker] = server.listWorkers();
    process.kill(worker!, 'SIGSTOP');
    expect(await predict()).toMatchObject({ status: 503, body: { code: 'TIMED_OUT' } });
    await waitUntil(() => !isAlive(worker!));
    await waitUntil(async () => (await server.readMetric('ser_workers ')) === 1);
    expect(await predict()).toMatchObject(isServed);
  });

  it('is not kept busy by clients that have gone', async () => {
    const [worker] = server.listWorkers();
    process.kill(worker!, 'SIGSTOP');
    const controller = new AbortController();
    const { signal } = controller;
    const gone = [0, 1].map(() =>
      fetch(`${server.url}/v1/predict`, { method: 'POST', body: clip, signal }).catch(() => null),
    );
    await waitUntil(async () => (await server.readMetric('ser_queue_clips ')) === 1);
    controller.abort();
    await Promise.all(gone);
    await waitUntil(async () => (await server.readMetric('ser_queue_clips ')) === 0);
    process.kill(worker!, 'SIGCONT');
    expect(await predict()).toMatchObject(isServed);
    await waitUntil(async () => (await server.readMetric('ser_upload_bytes ')) === 0);
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s under load: all is answered', async (signal) => {
    await start('--workers', '2', '--drain-sec', '1');
    const workers = server.listWorkers();
    const answers = Array.from({ length: 60 }, predict);
    await Promise.race(answers);
    const ended = server.stop(signal);
    await server.waitForEvent('stopping');
    const readiness = await fetch(`${server.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ code: 'SHUTTING_DOWN' });
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(isServed);
    expect(await ended).toBe(0);
    await expect(predict()).rejects.toThrow('fetch failed');
    expect(workers.filter(isAlive)).toEqual([]);
  });

  it('waits for an answer that is late, and for no connection after that', async () => {
    await start('--workers', '1');
    const [worker] = server.listWorkers();
    process.kill(worker!, 'SIGSTOP');
    const late = predict();
    await waitUntil(async () => (await server.readMetric('ser_upload_bytes ')) > 0);
    const ended = server.stop();
    await server.waitForEvent('stopping');
    const isPortClosed = () =>
      fetch(`${server.url}/healthz`).then(
        () => false,
        () => true,
      );
    await waitUntil(isPortClosed);
    process.kill(worker!, 'SIGCONT');
    expect(await late).toMatchObject(isServed);
    expect(await ended).toBe(0);
  }, 20_000);

  it('by kill -9 during requests takes the workers along; the next start serves again', async () => {
    await start('--workers', '2');
    const { port } = server;
    const workers = server.listWorkers();
    expect(workers).toHaveLength(2);
    const answers = Array.from({ length: 20 }, predict);
    await Promise.race(answers);
    await server.stop('SIGKILL');
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toContain('rejected');
    await waitUntil(() => !workers.some(isAlive));
    await start('--workers', '2', '--port', String(port));
    expect(server.port).toBe(port);
    expect(await predict()).toMatchObject(isServed);
  });
});

describe('nonsense', () => {
  const count = process.env.SER_THOROUGH ? 10_000 : 400;

  it(`${count} junk requests leave it as it was`, async () => {
    await start('--workers', '2');
    const junk = [
      () => randomBytes(200),
      () => `${randomBytes(8).toString('hex')} / HTTP/1.1\r\n\r\n`,
      () => 'POST /v1/predict HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n',
      () => 'POST /v1/predict HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc',
      () => 'POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc',
      () => 'POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz',
      () => `GET /${'../'.repeat(20)}etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      () => 'GET /%00%ff%zz HTTP/1.1\r\nHost: localhost\r\n\r\n',
      () => 'GET http://[bad HTTP/1.1\r\nHost: localhost\r\n\r\n',
      () => 'GET / HTTP/1.1\r\nHost: :::\r\n\r\n',
      () => `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      () =>
        'GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      () => 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n',
      () => 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      () =>
        Buffer.concat([
          Buffer.from(
            'POST /v1/timeline HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nRIFF',
          ),
          randomBytes(4996),
        ]),
    ];
    const statuses = new Map<string, number>();
    const sendJunk = (at: number) =>
      new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.once('data', (data) => {
          const status = data.toString('latin1', 9, 12);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          socket.destroy();
        });
        // Some leave before the answer.
        if (at % 7 === 0) setTimeout(() => socket.destroy(), 5);
        socket.write(junk[at % junk.length]!());
        socket.setTimeout(2000, () => socket.destroy());
      });
    for (let first = 0; first < count; first += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, at) => sendJunk(first + at)));
    }
    expect([...statuses.keys()].filter((status) => !/^4\d\d$/.test(status))).toEqual([]);
    expect(statuses.size).toBeGreaterThan(3);
    expect(await predict()).toMatchObject(isServed);
    expect(server.complaints).toBe('');
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await server.readMetric('ser_worker_restarts_total ')).toBe(0);
    expect(await server.readMetric('ser_upload_bytes ')).toBe(0);
    expect(await server.stop()).toBe(0);
  }, 600_000);
});
