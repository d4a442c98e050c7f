import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, runSer } from '../support/run-ser.ts';
import { readResidentMiB, ServeProcess, tinyModelPath } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const clip = new Uint8Array(
  readFileSync(join(root, 'packages/runtime/test/fixtures/clips/pcm16.wav')),
);

/** Starts a server for the tests of the block it is called in. */
function useServer(args: readonly string[], env: NodeJS.ProcessEnv = {}): () => ServeProcess {
  let server: ServeProcess;
  beforeAll(async () => {
    server = await ServeProcess.start(args, env);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    expect(server.log.filter(({ event }) => event === 'failure')).toEqual([]);
  });
  return () => server;
}

/** Sends `head` on a bare connection and collects what comes back until it is closed. */
function talk(port: number, head: string, body?: Iterable<Uint8Array>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
    });
    // A server that refuses may reset what is still being sent.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    socket.on('close', () => resolve(answer));
    socket.write(head);
    if (body) Readable.from(body).pipe(socket);
  });
}

describe('size', () => {
  const server = useServer(
    '--workers 1 --max-body-mib 1 --max-files 2 --max-duration-sec 1 --max-memory-mib 2'.split(' '),
  );
  const mebibyte = new Uint8Array(2 ** 20);
  const expectTooLarge = { status: 413, body: { code: 'BODY_TOO_LARGE' } };

  it('refuses a body over the limit, whether it says its length or not', async () => {
    const body = new Uint8Array(2 ** 20 + 1);
    expect(await server().post('/v1/predict', body)).toMatchObject(expectTooLarge);
    expect(await server().post('/v1/timeline', body)).toMatchObject(expectTooLarge);
    const response = await fetch(`${server().url}/v1/predict`, {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect({ status: response.status, body: await response.json() }).toMatchObject(expectTooLarge);
    const form = new FormData();
    form.append('file', new Blob([mebibyte, mebibyte]), 'large.wav');
    expect(await server().post('/v1/predict', form)).toMatchObject(expectTooLarge);
  });

  it('refuses a gigabyte early, without taking memory', async () => {
    const pid = server().child.pid!;
    await server().post('/v1/predict', clip);
    const before = readResidentMiB(pid);
    function* gigabyte() {
      for (let sent = 0; sent < 1024; sent++) yield mebibyte;
    }
    function* chunkedGigabyte() {
      for (const piece of gigabyte()) {
        yield Buffer.from(`${piece.length.toString(16)}\r\n`);
        yield piece;
        yield Buffer.from('\r\n');
      }
    }
    const head = 'POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n';
    const declared = await talk(
      server().port,
      `${head}Content-Length: ${2 ** 30}\r\n\r\n`,
      gigabyte(),
    );
    const chunked = await talk(
      server().port,
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      chunkedGigabyte(),
    );
    for (const answer of [declared, chunked]) {
      expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*"BODY_TOO_LARGE"/);
    }
    expect(readResidentMiB(pid) - before).toBeLessThan(100);
    expect(await server().readMetric('ser_upload_bytes ')).toBe(0);
  });

  it('refuses a body before it is sent, where the client asks first', async () => {
    const ask = (length: number) =>
      new Promise<string>((resolve, reject) => {
        const headers = { expect: '100-continue', 'content-length': length };
        const asked = request(`${server().url}/v1/predict`, { method: 'POST', headers });
        asked.on('continue', () => asked.end(clip));
        asked.on('response', (response) => {
          resolve(`${response.statusCode}`);
          asked.destroy();
        });
        asked.on('error', reject);
        asked.flushHeaders();
      });
    expect(await ask(2 ** 30)).toBe('413');
    expect(await ask(clip.length)).toBe('200');
  });

  it('refuses too many files, and malformed forms', async () => {
    const form = new FormData();
    for (const name of ['a', 'b', 'c']) form.append('file', new Blob([clip]), name);
    expect(await server().post('/v1/predict', form)).toMatchObject({
      status: 413,
      body: { code: 'TOO_MANY_FILES' },
    });
    const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc';
    for (const [type, body] of [
      ['multipart/form-data', part],
      ['multipart/form-data; boundary=x', part],
      ['multipart/form-data; boundary=x', 'no form'],
      ['multipart/form-data; boundary=x', '--x--\r\n'],
      ['multipart/nothing; boundary=x', part],
    ] as const) {
      const answer = await server().post('/v1/predict', body, { 'content-type': type });
      expect(answer, `${type} ${body}`).toMatchObject({
        status: 400,
        body: { code: 'BODY_INVALID' },
      });
    }
  });

  it('refuses long clips, and what needs more memory than all may have', async () => {
    const long = readFileSync(join(root, 'packages/runtime/test/fixtures/clips/mono16k.mp3'));
    const { status, body } = await server().post('/v1/predict', long);
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'AUDIO_TOO_LONG' });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server().post('/v1/predict', mebibyte)),
    );
    const codes = answers.map((answer) => answer.body.code);
    expect(codes).toContain('OVERLOADED');
    expect(await server().post('/v1/predict', clip)).toMatchObject({ status: 200 });
  });
});

describe('time', () => {
  const server = useServer('--workers 1 --upload-timeout-sec 1'.split(' '));
  const head = 'POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n';

  it('ends slow uploads and slow heads, a hundred at a time, while others are served', async () => {
    const slow = Array.from({ length: 100 }, (_, at) =>
      talk(server().port, at % 2 ? head : head.slice(0, 30)),
    );
    expect(await server().post('/v1/predict', clip)).toMatchObject({ status: 200 });
    for (const answer of await Promise.all(slow)) {
      expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*"UPLOAD_TIMED_OUT"/);
    }
  });
});

describe('who may ask', () => {
  const token = 'a-token-of-the-tests';
  const folder = makeTemporaryFolder();
  const file = join(folder, 'token');
  writeFileSync(file, `${token}\n`);
  const server = useServer(
    ['--workers', '1', '--token-file', file, '--allow-origin', 'https://app.example'],
    { SER_TOKEN: 'another-token-of-the-tests' },
  );
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
      request(server().url + path, { headers }, (response) => {
        response.resume();
        resolve({ status: response.statusCode!, headers: response.headers });
      })
        .on('error', reject)
        .end();
    });
  const authorization = `Bearer ${token}`;

  it.each([
    ['/v1/model', {}, 401],
    ['/v1/model', { authorization: `Bearer ${token}x` }, 401],
    ['/v1/model', { authorization: 'Bearer another-token-of-the-tests' }, 401],
    ['/v1/model', { authorization: `Basic ${token}` }, 401],
    ['/v1/model', { authorization }, 200],
    ['/metrics', {}, 401],
    ['/metrics', { authorization }, 200],
    ['/healthz', {}, 200],
    ['/readyz', {}, 200],
    ['/', {}, 200],
    ['/v1/model', { authorization, host: 'rebound.example' }, 403],
    ['/', { host: 'rebound.example:80' }, 403],
    ['/v1/model', { authorization, host: 'LOCALHOST:9' }, 200],
    ['/v1/model', { authorization, origin: 'https://elsewhere.example' }, 403],
    ['/v1/model', { authorization, origin: 'null' }, 403],
    ['/v1/model', { authorization, host: 'localhost:9', origin: 'http://localhost:9' }, 200],
  ])('%s with %o: %i', async (path, headers, status) => {
    expect((await ask(path, headers)).status).toBe(status);
  });

  it('lets an allowed origin in, and only that one', async () => {
    const origin = 'https://app.example';
    const { headers } = await ask('/v1/model', { authorization, origin });
    expect(headers['access-control-allow-origin']).toBe(origin);
    const preflight = await fetch(`${server().url}/v1/predict`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  it('keeps the token from its workers', () => {
    for (const pid of server().listWorkers()) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('-token-of-the-tests');
    }
  });

  it('takes no token that can be guessed', async () => {
    const args = ['serve', '--port', '0', '--model', tinyModelPath];
    const { exitCode, stderr } = await runSer(args, { env: { SER_TOKEN: 'short' } });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ser: The token of SER_TOKEN has 5 characters; .+\.\n$/);
  });
});
