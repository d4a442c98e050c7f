import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeSyntheticCorpus } from '@ser/trainer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CommandResult,
  readSerJson,
  readSerOutput,
  root,
  runCommand,
  runSer,
  serPath,
} from '../support/run-ser.ts';
import { ServeProcess, tinyModelPath } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');

interface Entry {
  file: string;
  label: string;
  probabilities: Record<string, number>;
  error?: { code: string };
}

let clips: string[];

beforeAll(async () => {
  const options = { speakers: 2, clipsPerEmotion: 1, emotions: ['happy', 'sad'] as const };
  clips = (
    await writeSyntheticCorpus(corpus, { ...options, emotions: [...options.emotions] })
  ).sort();
});

/** Runs `ser` with a file or a text on its standard input. */
async function feedSer(args: readonly string[], input: string | { file: string }): Promise<string> {
  const child = spawn(process.execPath, [serPath, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (typeof input === 'string') child.stdin.end(input);
  else createReadStream(input.file).pipe(child.stdin);
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return output;
}

it('takes the models that come with the project by name or by path', async () => {
  const predict = (...args: string[]) => readSerOutput(['predict', clips[0]!, '--json', ...args]);
  const models = join(root, 'models');
  const small = await predict('--model', 'small');
  expect(small).toBe(await predict('--model', join(models, 'small.onnx')));
  const shipped = await predict();
  expect(shipped).not.toBe(small);
  expect(shipped).toBe(await predict('--model', 'default'));
  expect(shipped).toBe(await predict('--model', join(models, 'model.onnx')));
});

it('answers among the labels that are asked for, in a timeline too', async () => {
  const among = ['--labels', 'anger,happy,sad'];
  const [all] = await readSerJson<Entry[]>(['predict', clips[0]!, '--json']);
  const [some] = await readSerJson<Entry[]>(['predict', clips[0]!, '--json', ...among]);
  const { happy, sad, angry } = all!.probabilities as Record<'happy' | 'sad' | 'angry', number>;
  expect(Object.keys(some!.probabilities)).toEqual(['happy', 'sad', 'angry']);
  expect(some!.probabilities.sad).toBeCloseTo(sad / (happy + sad + angry), 5);
  const segments = await readSerJson<{ label: string }[]>([
    ...['predict', clips[0]!, '--timeline', '--json', ...among],
  ]);
  for (const { label } of segments) expect(['happy', 'sad', 'angry']).toContain(label);
  const { exitCode, stderr } = await runSer(['predict', clips[0]!, '--labels', 'happy,glad']);
  expect(stderr).toMatch(/labels has "glad"; the model knows neutral, calm/);
  expect(exitCode).toBe(2);
});

describe('predict names its clips', () => {
  it('by a folder, its subfolders included', async () => {
    const entries = await readSerJson<Entry[]>(['predict', corpus, '--json']);
    expect(entries.map(({ file }) => file)).toEqual(clips);
  });

  it('by a folder with a link in a circle, each clip once', async () => {
    const circle = join(folder, 'circle');
    await mkdir(join(circle, 'below'), { recursive: true });
    await cp(clips[0]!, join(circle, 'below', 'LOUD.WAV'));
    await symlink('..', join(circle, 'below', 'up'));
    const entries = await readSerJson<Entry[]>(['predict', circle, '--json']);
    expect(entries.map(({ file }) => file)).toEqual([join(circle, 'below', 'LOUD.WAV')]);
  });

  it('by a quoted glob', async () => {
    const entries = await readSerJson<Entry[]>(['predict', join(corpus, 's*/*_*.wav'), '--json']);
    expect(entries.map(({ file }) => file)).toEqual(clips.filter((clip) => clip.includes('/sad/')));
  });

  it('by a name that looks like a glob but is a file', async () => {
    const odd = join(folder, 'take [1].wav');
    await cp(clips[0]!, odd);
    const [entry] = await readSerJson<Entry[]>(['predict', odd, '--json']);
    expect(entry!.file).toBe(odd);
  });

  it('by a folder with recordings that nothing reads: the others are judged, and these counted', async () => {
    const phone = join(folder, 'phone');
    await mkdir(phone);
    await cp(clips[0]!, join(phone, 'dictaphone.wave'));
    const foreign = join(root, 'packages/runtime/test/fixtures/clips/aac.m4a');
    for (const name of ['Note 1.m4a', 'Note 2.M4A']) await cp(foreign, join(phone, name));
    await writeFile(join(phone, 'notes.txt'), 'no recording');
    for (const name of [phone, join(phone, '*'), join(phone, '**')]) {
      const { exitCode, stdout, stderr } = await runSer(['predict', name, '--format', 'csv']);
      expect(exitCode).toBe(1);
      expect(stdout).toContain(`${join(phone, 'dictaphone.wave')},`);
      expect(stdout + stderr).not.toContain('notes.txt');
      expect(stderr).toMatch(/2 of 3 clips failed; in formats that are not read: 2 M4A\.\n$/);
    }
  });

  it('by names some of which are gone, with characters of patterns: the others are judged', async () => {
    const there = join(folder, 'take (2).wav');
    await cp(clips[0]!, there);
    const gone = ['gone [1].wav', 'gone (2).wav', 'gone {3}.wav', '!4.wav', 'none*.wav'];
    const names = [there, ...gone.map((name) => join(folder, name)), join(folder, 'empty')];
    await mkdir(join(folder, 'empty'));
    const { exitCode, stdout, stderr } = await runSer(['predict', ...names, '--format', 'jsonl']);
    expect(exitCode).toBe(1);
    const entries = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry);
    expect(entries.map(({ file }) => file)).toEqual(names);
    expect(entries[0]!.label).toEqual(expect.any(String));
    for (const { error } of entries.slice(1)) expect(error!.code).toBe('FILE_NOT_FOUND');
    expect(stderr).toMatch(/6 of 7 clips failed\.\n$/);
  });

  it('by a folder, or a glob, with a subfolder that nobody may list', async () => {
    const stick = join(folder, 'stick');
    const shut = join(stick, 'System Volume Information');
    await mkdir(shut, { recursive: true });
    await cp(clips[0]!, join(stick, 'one.wav'));
    await chmod(shut, 0);
    // The superuser lists everything, unless it gives that right away.
    const bounds = '--bounding-set=-dac_override,-dac_read_search';
    const asUser = process.getuid?.() === 0 ? ['setpriv', bounds] : [];
    for (const name of [stick, join(stick, '**/*.wav')]) {
      const [command, ...args] = [...asUser, process.execPath, serPath, 'predict', name];
      const { exitCode, stdout, stderr } = await runCommand(command!, args);
      expect(exitCode).toBe(1);
      expect(stdout).toContain(join(stick, 'one.wav'));
      expect(stderr).toContain('System Volume Information could not be listed (EACCES).');
    }
    await chmod(shut, 0o700);
  });

  it.each([
    ['a byte-order mark', (list: string) => Buffer.from(`\ufeff${list}`)],
    ['UTF-16', (list: string) => Buffer.from(`\ufeff${list}`, 'utf16le')],
  ])('by a list with %s', async (_, encode) => {
    const path = join(folder, 'windows.txt');
    await writeFile(path, encode(`${clips[2]}\r\n${clips[0]}\r\n`));
    const entries = await readSerJson<Entry[]>(['predict', '--from-list', path, '--json']);
    expect(entries.map(({ file, error }) => ({ file, error }))).toEqual([
      { file: clips[2] },
      { file: clips[0] },
    ]);
  });

  it('by a list on standard input', async () => {
    const list = `${clips[2]}\n\n${clips[0]}\r\n`;
    const output = await feedSer(['predict', '--from-list', '-', '--json'], list);
    const entries = JSON.parse(output) as Entry[];
    expect(entries.map(({ file }) => file)).toEqual([clips[2], clips[0]]);
  });

  it('as the bytes of standard input', async () => {
    const fromPipe = JSON.parse(await feedSer(['predict', '-', '--json'], { file: clips[0]! }));
    const fromFile = await readSerJson<Entry[]>(['predict', clips[0]!, '--json']);
    expect(fromPipe).toEqual([{ ...fromFile[0], file: '-' }]);
    const timeline = await feedSer(['predict', '-', '--timeline', '--format', 'jsonl'], {
      file: clips[0]!,
    });
    expect(JSON.parse(timeline.split('\n')[0]!)).toMatchObject({ startSec: expect.any(Number) });
  });

  it.each([
    ['a glob without a match', (): string[] => [join(folder, '*.mp3')]],
    ['a folder without audio', (): string[] => [join(folder, 'nothing')]],
    ['a list that is missing', (): string[] => ['--from-list', join(folder, 'no.txt')]],
  ])('%s is a failure with a reason', async (_, list) => {
    await mkdir(join(folder, 'nothing'), { recursive: true });
    const { exitCode, stdout, stderr } = await runSer(['predict', ...list()]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^ser: .*(no audio file|matches no file|no such file)\.\n$/);
  });
});

it('stops waiting for standard input at Ctrl-C', async () => {
  const child = spawn(process.execPath, [serPath, 'predict', '-'], {
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  // More than a pipe holds: it is through once the command reads.
  await new Promise<void>((done) => void child.stdin.write(Buffer.alloc(1 << 20), () => done()));
  child.kill('SIGINT');
  const [complaint, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ exitCode, complaint }).toEqual({
    ...{ exitCode: 1, complaint: 'ser: Reading standard input was stopped.\n' },
  });
});

describe('predict prints', () => {
  it('JSON lines, with the likeliest labels first', async () => {
    const output = await readSerOutput(['predict', corpus, '--format', 'jsonl', '--top', '3']);
    const entries = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry);
    expect(entries).toHaveLength(clips.length);
    for (const { label, probabilities } of entries) {
      const shares = Object.values(probabilities);
      expect(Object.keys(probabilities)[0]).toBe(label);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(shares).toHaveLength(3);
    }
  });

  it('CSV that a program reads back, quotes, commas and failures included', async () => {
    const odd = join(folder, 'odd, "name".wav');
    await cp(clips[0]!, odd);
    const broken = join(folder, 'broken.wav');
    await writeFile(broken, 'no sound');
    const { exitCode, stdout } = await runSer(['predict', odd, broken, '--format', 'csv']);
    expect(exitCode).toBe(1);
    const path = join(folder, 'out.csv');
    await writeFile(path, stdout);
    const read = await runCommand('python3', [
      '-c',
      'import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1])))))',
      path,
    ]);
    const [good, bad] = JSON.parse(read.stdout) as Record<string, string>[];
    expect(good!.file).toBe(odd);
    expect(good![good!.label!]).toBe(good!.confidence);
    expect(bad).toMatchObject({ file: broken, label: '', error: 'AUDIO_UNSUPPORTED' });
  });

  it('text with the next labels, and no colour into a pipe', async () => {
    const output = await readSerOutput(['predict', clips[0]!, '--top', '2']);
    expect(output).toMatch(
      /^Predicted Emotion: [a-z]+ \(Confidence: \d\.\d\d\) {2}[a-z]+ \d\.\d\d( {2}Uncertain: .+)?\n$/,
    );
  });
});

describe('predict on many clips', () => {
  it('uses threads, keeps the order, and lists what failed at the end', async () => {
    const many = join(folder, 'many');
    await mkdir(many);
    const names = Array.from({ length: 70 }, (_, at) => `${String(at).padStart(3, '0')}.wav`);
    for (const [at, name] of names.entries()) await cp(clips[at % 4]!, join(many, name));
    await writeFile(join(many, '033.wav'), '');
    const { exitCode, stdout, stderr } = await runSer([
      ...['predict', many, '--format', 'json', '--jobs', '2'],
    ]);
    expect(exitCode).toBe(1);
    const entries = JSON.parse(stdout) as Entry[];
    expect(entries.map(({ file }) => file)).toEqual(names.map((name) => join(many, name)));
    expect(entries[33]!.error!.code).toBe('AUDIO_EMPTY');
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining('033.wav'),
      'ser: 1 of 70 clips failed.',
      '',
    ]);
    const alone = await readSerJson<Entry[]>(['predict', ...clips, '--json']);
    for (const [at, { probabilities, error }] of entries.entries()) {
      if (error) continue;
      for (const [label, share] of Object.entries(alone[at % 4]!.probabilities)) {
        expect(Math.abs(probabilities[label]! - share)).toBeLessThan(1e-6);
      }
    }
  });

  it.each(['SIGINT', 'EPIPE'])('stops cleanly after %s', async (how) => {
    const list = join(folder, 'list.txt');
    await writeFile(list, Array.from({ length: 4000 }, () => clips[0]).join('\n'));
    const args = [serPath, 'predict', '--from-list', list];
    if (how === 'EPIPE') {
      const script = 'set -o pipefail; "$0" "$@" | head -2';
      const { exitCode, stdout, stderr } = await runCommand('bash', [
        ...['-c', script, process.execPath, ...args],
      ]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout.trimEnd().split('\n')).toHaveLength(2);
      return;
    }
    let isStopped = false;
    const { exitCode, stdout, stderr } = await runCommand(process.execPath, args, {
      onOutput: (_, child) => {
        if (!isStopped) child.kill('SIGINT');
        isStopped = true;
      },
    });
    const lines = stdout.trimEnd().split('\n').length;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `ser: The prediction was stopped after ${lines} of 4000 clips.\n`,
    });
    expect(lines).toBeLessThan(4000);
  });
});

describe('predict with a server', () => {
  const token = 'a token of the test suite'.replaceAll(' ', '-');
  let server: ServeProcess;
  beforeAll(async () => {
    server = await ServeProcess.start(['--no-demo', '--workers', '1', '--max-queue', '1'], {
      SER_TOKEN: token,
    });
  });
  afterAll(() => server.stop());

  const ask = (...args: string[]): Promise<CommandResult> =>
    runSer(['predict', ...args, '--server', server.url], { env: { SER_TOKEN: token } });

  it('says what the model on this machine says, in the same order and words', async () => {
    const broken = join(folder, 'speechless.wav');
    await writeFile(broken, 'no sound');
    const missing = join(folder, 'missing.wav');
    // Far more than the server lets wait: some have to be sent again.
    const many = [...clips, broken, missing, ...clips, ...clips];
    const { stdout, stderr, exitCode } = await ask(...many, '--format', 'csv');
    const local = await runSer(['predict', ...many, '--format', 'csv', '--model', tinyModelPath]);
    expect({ exitCode, stdout, stderr }).toEqual(local);
    expect(exitCode).toBe(1);
    const timeline = ['--timeline', '--format', 'vtt'];
    for (const asked of [timeline, [...timeline, '--labels', 'calm,happiness']]) {
      expect(await ask(clips[0]!, ...asked)).toEqual(
        await runSer(['predict', clips[0]!, ...asked, '--model', tinyModelPath]),
      );
    }
  });

  it('fails at once where no server answers, or it refuses', async () => {
    const refused = await runSer(['predict', clips[0]!, '--server', server.url]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^ser: .*token.*\.\n$/i);
    const nobody = await runSer(['predict', clips[0]!, '--server', 'http://127.0.0.1:9']);
    expect(nobody).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nobody.stderr).toMatch(/^ser: No `ser serve` answers at .*\.\n$/);
    const wrong = await runSer(['predict', clips[0]!, '--server', 'here']);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
