import { describe, expect, it } from 'vitest';
import { readSerOutput, runCommand, runSer } from '../support/run-ser.ts';

const script = await readSerOutput(['completion', 'bash']);

/** What bash offers when Tab is pressed behind these words. */
async function complete(...words: string[]): Promise<string[]> {
  const ask = `${script}
    complete -p ser >&2
    COMP_WORDS=(ser "$@") COMP_CWORD=$#
    _ser
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await runCommand('bash', ['-c', ask, 'bash', ...words]);
  expect(stderr).toBe('complete -o default -F _ser ser\n');
  return stdout.split('\n').filter(Boolean);
}

describe('ser completion bash', () => {
  it('offers every command', async () => {
    const help = await readSerOutput(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name!);
    expect(await complete('')).toEqual(commands.filter((name) => name !== 'help'));
  });

  it.each<[string[], string[]]>([
    [['pre'], ['predict']],
    [
      ['predict', '--t'],
      ['--top', '--timeline'],
    ],
    [
      ['predict', '--format', 'j'],
      ['json', 'jsonl'],
    ],
    [['predict', '--model', 'sma'], ['small']],
    [['predict', '--model', 'packag'], ['package.json']],
    [['predict', '--matrix', ''], []],
    [['predict', 'voi'], []],
    [
      ['datasets', ''],
      ['list', 'download', 'check', 'split'],
    ],
    [
      ['datasets', 'download', ''],
      ['ravdess', 'emodb', 'crema-d', 'tess'],
    ],
    [
      ['datasets', 'split', 'data', '--protocol', 'r'],
      ['random', 'ravdess-5fold'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('ser %s: %s', async (words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });
});

it.each(['zsh', 'fish'])('ser completion %s knows the same commands and options', async (shell) => {
  const other = await readSerOutput(['completion', shell]);
  for (const part of ['cross-validate', 'datasets', 'ravdess-5fold', 'speaker-kfold', 'timeline']) {
    expect(other).toContain(part);
  }
});

it('another shell is wrong usage', async () => {
  expect((await runSer(['completion', 'tcsh'])).exitCode).toBe(2);
});
