import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createClassifier, type LiveUpdate } from '@ser/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { runCommand, runSer, serPath } from '../support/run-ser.ts';
import { tinyModelPath } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** A line of `ser listen --json`. */
interface Line {
  timeSec: number;
  levelDb: number | null;
  speaking: boolean;
  label: string | null;
  probabilities: Record<string, number> | null;
}

const rate = 48_000;
const seconds = 6;
const folder = makeTemporaryFolder();
const installed = ['arecord', 'sox', 'ffmpeg'].filter((name) =>
  process.env.PATH!.split(delimiter).some((place) => {
    try {
      accessSync(join(place, name));
      return true;
    } catch {
      return false;
    }
  }),
);
// Elsewhere the suite takes what is there; CI installs these two.
const recorders = process.env.CI ? [...new Set(['arecord', 'sox', ...installed])] : installed;
const args = ['listen', '--model', tinyModelPath, '--rate', String(rate)];
const env = { ALSA_CONFIG_PATH: join(folder, 'asound.conf'), AUDIODRIVER: 'alsa' };
const captureArgs = [...args, '--device', 'voice', '--duration', String(seconds)];
let expected: LiveUpdate[];

/** A sound card whose microphone hears a file, by ALSA's own means: recorders cannot tell. */
beforeAll(async () => {
  const signal = new Float32Array(seconds * rate);
  signal.set(synthesiseVoice(3, rate), rate);
  const samples = Int16Array.from(signal, (value) => Math.round(32_767 * value));
  const file = join(folder, 'voice.raw');
  writeFileSync(file, samples);
  writeFileSync(
    env.ALSA_CONFIG_PATH,
    `pcm.voice { type file; slave.pcm { type null }; file "/dev/null"; infile "${file}"; format "raw" }\n`,
  );
  const classifier = await createClassifier(tinyModelPath);
  const stream = await classifier.stream({ sampleRateHz: rate });
  expected = await stream.push(Float32Array.from(samples, (value) => value / 32_768));
  await classifier.dispose();
});

function readLines(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe.each(recorders)('ser listen --using %s', (recorder) => {
  it('hears what the microphone hears', async () => {
    const { exitCode, stdout, stderr } = await runSer(
      [...captureArgs, '--using', recorder, '--json'],
      { env },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = readLines(stdout);
    expect(lines.map(({ timeSec }) => timeSec)).toEqual(expected.map(({ timeSec }) => timeSec));
    expect(lines.some(({ speaking }) => speaking)).toBe(true);
    // ffmpeg keeps its own clock, and this microphone is faster than time: it leaves samples out.
    if (recorder === 'ffmpeg') return;
    for (const [at, { label, speaking, probabilities }] of lines.entries()) {
      const { prediction } = expected[at]!;
      expect({ label, speaking }).toEqual({
        label: prediction?.label ?? null,
        speaking: prediction !== null,
      });
      for (const [name, value] of Object.entries(prediction?.probabilities ?? {})) {
        expect(Math.abs(probabilities![name]! - value)).toBeLessThan(1e-6);
      }
    }
  });

  it('says in one sentence why it cannot record', async () => {
    const { exitCode, stdout, stderr } = await runSer(
      [...args, '--device', 'missing', '--using', recorder],
      { env },
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^ser: ${recorder} could not record \\(.+\\); .+\\.\n$`));
  });
});

describe.runIf(recorders.includes('arecord'))('ser listen', () => {
  const using = ['--using', 'arecord'];

  it('prints a line whenever what it hears changes', async () => {
    const { stdout } = await runSer([...captureArgs, ...using], { env });
    expect(stdout).toMatch(
      /^00:00\.5 {2}nobody speaks\n(00:0\d\.\d {2}\w+ \(0\.\d\d\)\n)+00:0\d\.\d {2}nobody speaks\n$/,
    );
  });

  it('on a terminal rewrites one line, with a bar of the level, and leaves the cursor shown', async () => {
    const command = [process.execPath, serPath, ...captureArgs, ...using].join(' ');
    const { stdout } = await runCommand('script', ['-qec', command, '/dev/null'], { env });
    expect(stdout.startsWith('\x1b[?25l')).toBe(true);
    expect(stdout.endsWith('\r\n\x1b[?25h')).toBe(true);
    expect(stdout).toContain('\r\x1b[2K');
    expect(stdout).toMatch(/█.*●.*\d\.\d\d/);
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly at %s', async (signal) => {
    const endless = [...args, '--device', 'voice', ...using, '--json'];
    const child = spawn(process.execPath, [serPath, ...endless], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      // A second signal would end it at once.
      if (output.length > 1000 && !child.killed) child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    const [exitCode] = await once(child, 'close');
    expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: '' });
    expect(readLines(output).length).toBeGreaterThan(2);
  });
});

it('ser listen names the programs that it looked for where none is there', async () => {
  const { exitCode, stderr } = await runSer(args, { env: { PATH: folder } });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'ser: No program that records is installed: arecord, sox, ffmpeg cannot be found.\n',
  );
});
