import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Classifier, createClassifier } from '../src/node.ts';
import { fixturePath, readFixture } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

const sampleRateHz = 16_000;
const durationSec = 3600;
const headerBytes = 44;
const folder = mkdtempSync(join(tmpdir(), 'ser-long-'));
const path = join(folder, 'hour.wav');

/** An hour of silence behind five seconds of voice; only the voice takes room on the disk. */
function writeHour(): void {
  const header = readFixture('clips/pcm16.wav').slice(0, headerBytes);
  const view = new DataView(header.buffer);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(40, 2 * durationSec * sampleRateHz, true);
  const voice = Int16Array.from(synthesiseVoice(5, sampleRateHz), (value) => 30_000 * value);
  writeFileSync(path, Buffer.concat([header, new Uint8Array(voice.buffer)]));
  truncateSync(path, headerBytes + 2 * durationSec * sampleRateHz);
}

function listOpenFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

describe('a recording of an hour', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    writeHour();
    classifier = await createClassifier(fixturePath('tiny-model.onnx'));
    // Opens the speech detector, whose memory is not that of the recording.
    await classifier.predict(fixturePath('clips/pcm16.wav'));
  });
  afterAll(async () => {
    await classifier.dispose();
    rmSync(folder, { recursive: true });
  });

  it('is followed in a small part of the memory that it would take', {
    timeout: 60_000,
  }, async () => {
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let windows = 0;
    let sounding = 0;
    for await (const { endSec, prediction } of classifier.timeline(path)) {
      windows++;
      if (prediction) sounding++;
      if (endSec === durationSec) expect(windows).toBe(durationSec - 2);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(windows).toBe(durationSec - 2);
    expect(sounding).toBe(5);
    expect(most).toBeLessThan((4 * durationSec * sampleRateHz) / 4);
  });

  it('is closed when it is left early', async () => {
    for await (const _ of classifier.timeline(path)) {
      expect(listOpenFiles()).toContain(path);
      break;
    }
    expect(listOpenFiles()).not.toContain(path);
    const outcome = await classifier.predict(path).catch(String);
    expect(outcome).toMatch(/hour\.wav: The audio is longer than 600 s/);
    expect(listOpenFiles()).not.toContain(path);
  });
});
