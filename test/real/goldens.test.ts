import { join } from 'node:path';
import { expect, it } from 'vitest';
import { locateCorpus } from '../support/real-data.ts';
import { root, runCommand } from '../support/run-ser.ts';

it('librosa still gives the stored goldens', async () => {
  const { exitCode, stdout, stderr } = await runCommand(process.env.SER_PEERS_PYTHON!, [
    join(root, 'test/goldens/generate.py'),
    '--check',
    ...['--speech', locateCorpus('ravdess-original')],
  ]);
  expect(stderr).toBe('');
  expect(stdout.match(/cases agree/g)).toHaveLength(4);
  expect(exitCode).toBe(0);
});
