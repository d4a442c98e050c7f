import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createClassifier, type LiveUpdate } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { root } from '../support/run-ser.ts';
import { ServeProcess, tinyModelPath, waitUntil } from '../support/serve-process.ts';

const rate = 16_000;
const signal = new Float32Array(7 * rate);
signal.set(synthesiseVoice(3, rate), rate);
/** What 16-bit samples hold of the signal. */
const rounded = Int16Array.from(signal, (value) => Math.round(32_767 * value));
const maxStreams = 4;
let server: ServeProcess;
let expected: LiveUpdate[];

beforeAll(async () => {
  server = await ServeProcess.start(['--workers', '1', '--max-streams', String(maxStreams)]);
  const classifier = await createClassifier(tinyModelPath);
  const stream = await classifier.stream({ sampleRateHz: rate });
  expected = await stream.push(signal);
  await classifier.dispose();
});
afterAll(() => server.stop('SIGKILL'));

interface Message {
  type: 'ready' | 'update' | 'error';
  code?: string;
  [field: string]: unknown;
}

/** A client that keeps what it is told. */
class Client {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  closeCode: number | undefined;
  status: number | undefined;

  constructor(query: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/stream?${query}`, {
      headers,
    });
    this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('error', () => {});
    this.socket.on('unexpected-response', (request, response) => {
      this.status = response.statusCode;
      this.closeCode = 0;
      request.destroy();
    });
  }

  static async open(query: string): Promise<Client> {
    const client = new Client(query);
    await waitUntil(() => client.messages.length > 0 || client.closeCode !== undefined);
    expect(client.messages[0]).toMatchObject({ type: 'ready', latencySec: expect.any(Number) });
    return client;
  }

  get updates(): LiveUpdate[] {
    return this.messages
      .filter(({ type }) => type === 'update')
      .map(({ type: _, ...update }) => update as unknown as LiveUpdate);
  }

  async waitForClose(): Promise<number> {
    await waitUntil(() => this.closeCode !== undefined);
    return this.closeCode!;
  }
}

function expectNear(updates: readonly LiveUpdate[], tolerance: number): void {
  expect(updates.map(({ timeSec }) => timeSec)).toEqual(expected.map(({ timeSec }) => timeSec));
  for (const [at, { prediction }] of updates.entries()) {
    const wanted = expected[at]!.prediction;
    expect(prediction?.label).toBe(wanted?.label);
    for (const [label, value] of Object.entries(wanted?.probabilities ?? {})) {
      expect(Math.abs(prediction!.probabilities[label]! - value)).toBeLessThan(tolerance);
    }
  }
}

describe('live audio', () => {
  it.each([100, 1601, 40_000])('in chunks of %i samples: what the runtime says', async (length) => {
    const client = await Client.open(`sampleRateHz=${rate}`);
    for (let at = 0; at < signal.length; at += length) {
      client.socket.send(signal.slice(at, at + length));
    }
    await waitUntil(() => client.updates.length === expected.length);
    expectNear(client.updates, 1e-6);
    expect(client.updates.some(({ prediction }) => prediction)).toBe(true);
    client.socket.close();
    expect(await client.waitForClose()).toBe(1005);
  });

  it('of 16 bits', async () => {
    const client = await Client.open(`sampleRateHz=${rate}&format=s16`);
    client.socket.send(rounded);
    await waitUntil(() => client.updates.length === expected.length);
    expectNear(client.updates, 0.02);
    client.socket.terminate();
  });

  it.each([
    ['s16', 3201],
    ['s16', 1],
    ['f32', 4099],
    ['f32', 1],
  ] as const)('as %s in messages of %i bytes, which samples cross', async (format, length) => {
    const client = await Client.open(`sampleRateHz=${rate}&format=${format}`);
    const { buffer } = format === 's16' ? rounded : signal;
    const bytes = new Uint8Array(buffer);
    // A tenth of a second in single bytes, the rest at once.
    const short = length === 1 ? rate / 5 : bytes.length;
    for (let at = 0; at < short; at += length) client.socket.send(bytes.slice(at, at + length));
    for (let at = short; at < bytes.length; at += 1 << 19) {
      client.socket.send(bytes.slice(at, at + (1 << 19)));
    }
    await waitUntil(() => client.updates.length === expected.length);
    expectNear(client.updates, format === 's16' ? 0.02 : 1e-6);
    client.socket.terminate();
  });

  it('from several clients at a time', async () => {
    const clients = await Promise.all(
      Array.from({ length: maxStreams }, () => Client.open(`sampleRateHz=${rate}`)),
    );
    const surplus = new Client(`sampleRateHz=${rate}`);
    await surplus.waitForClose();
    expect(surplus.status).toBe(429);
    for (let at = 0; at < signal.length; at += 8000) {
      for (const { socket } of clients) socket.send(signal.slice(at, at + 8000));
    }
    for (const client of clients) {
      await waitUntil(() => client.updates.length === expected.length);
      expectNear(client.updates, 1e-6);
      client.socket.terminate();
    }
    await waitUntil(async () => (await server.readMetric('ser_streams ')) === 0);
  });
});

describe('a stream that is refused', () => {
  it.each([
    ['', 400],
    ['sampleRateHz=5', 400],
    ['sampleRateHz=16000&format=mp3', 400],
    ['sampleRateHz=16000&hopSec=5&windowSec=3', 400],
    ['sampleRateHz=16000&file=/etc/passwd', 400],
  ])('?%s', async (query, status) => {
    const client = new Client(query);
    await client.waitForClose();
    expect(client.status).toBe(status);
  });

  it('of a page of another origin, or under another host', async () => {
    for (const headers of [{ origin: 'https://elsewhere.example' }, { host: 'rebound.example' }]) {
      const client = new Client(`sampleRateHz=${rate}`, headers);
      await client.waitForClose();
      expect(client.status).toBe(403);
    }
  });
});

describe('a client that misbehaves', () => {
  it.each([
    ['text', 'hello', 1003, 'REQUEST_INVALID'],
    ['NaN', new Float32Array(100).fill(Number.NaN), 1007, 'AUDIO_NOT_FINITE'],
    ['two megabytes at once', new Uint8Array(2 ** 21), 1009, undefined],
  ])('sends %s', async (_, data, closeCode, code) => {
    const client = await Client.open(`sampleRateHz=${rate}`);
    client.socket.send(data);
    expect(await client.waitForClose()).toBe(closeCode);
    expect(client.messages.find(({ type }) => type === 'error')?.code).toBe(code);
  });

  it.each([
    ['an unmasked frame', [0x82, 0x04, 0, 0, 0, 0]],
    ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0]],
    ['a compressed frame that was not agreed on', [0xc2, 0x80, 0, 0, 0, 0]],
    ['a control frame that is too long', [0x89, 0xfe, 0xff, 0xff]],
    ['a frame of 2^63 bytes', [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['noise', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ])('sends %s', async (_, bytes) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      [
        `GET /v1/stream?sampleRateHz=${rate} HTTP/1.1`,
        'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket',
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      ].join('\r\n'),
    );
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    await waitUntil(() => answer.includes('"ready"'));
    socket.write(Uint8Array.from(bytes));
    await waitUntil(() => socket.closed);
  });

  it('sends ten thousand tiny messages, and hours of audio as fast as it can', async () => {
    const flood = await Client.open(`sampleRateHz=${rate}`);
    for (let count = 0; count < 10_000; count++) flood.socket.send(new Float32Array(16));
    const hours = await Client.open('sampleRateHz=8000');
    for (let count = 0; count < 100; count++) hours.socket.send(new Float32Array(200_000));
    const clip = readFileSync(join(root, 'packages/runtime/test/fixtures/clips/pcm16.wav'));
    expect(await server.post('/v1/predict', new Uint8Array(clip))).toMatchObject({ status: 200 });
    await waitUntil(() => flood.updates.length === 20);
    flood.socket.terminate();
    hours.socket.terminate();
    await waitUntil(async () => (await server.readMetric('ser_streams ')) === 0);
  });
});

it('ends with code 1001 when the server stops', async () => {
  const client = await Client.open(`sampleRateHz=${rate}`);
  expect(await server.stop()).toBe(0);
  expect(await client.waitForClose()).toBe(1001);
  expect(server.complaints).toBe('');
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
});
