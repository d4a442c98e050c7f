import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTensorFlow, inspectTensorFlow } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CommandResult, root, runCommand } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const trainer = join(root, 'packages/trainer');

/** A fresh install of the trainer: its own copy of tfjs-node, as the registry gives it. */
function installTrainer(): string {
  const copy = mkdtempSync(join(folder, 'trainer-'));
  for (const name of ['dist', 'native', 'package.json']) {
    cpSync(join(trainer, name), join(copy, name), { recursive: true });
  }
  const modules = join(trainer, 'node_modules');
  mkdirSync(join(copy, 'node_modules/@tensorflow'), { recursive: true });
  for (const name of readdirSync(modules).filter((name) => !/^[.@]/.test(name))) {
    symlinkSync(join(modules, name), join(copy, 'node_modules', name));
  }
  symlinkSync(join(modules, '@ser'), join(copy, 'node_modules/@ser'));
  symlinkSync(join(modules, '@bufbuild'), join(copy, 'node_modules/@bufbuild'));
  const tfjsNode = join(modules, '@tensorflow/tfjs-node/');
  cpSync(tfjsNode, join(copy, 'node_modules/@tensorflow/tfjs-node'), {
    recursive: true,
    filter: (path) => !/^(deps|lib|node_modules)\b/.test(path.slice(tfjsNode.length)),
  });
  return copy;
}

/** Sets TensorFlow up from a fresh install; prints what it reports, then the error's code and message. */
function setUp(install: string, env: NodeJS.ProcessEnv): Promise<CommandResult> {
  const script = `
    const { ensureTensorFlow, inspectTensorFlow } = await import(process.argv[1]);
    try {
      await ensureTensorFlow();
      const { linked } = await inspectTensorFlow();
      console.log(JSON.stringify({ linked }));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }`;
  return runCommand(
    process.execPath,
    ['--input-type=module', '-e', script, join(install, 'dist/index.js')],
    // No host answers there, as for tfjs-node's own installer out of reach.
    { env: { TFJS_NODE_CDN_STORAGE: 'http://127.0.0.1:9/', ...env } },
  );
}

describe.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'TensorFlow’s set-up',
  () => {
    beforeAll(() => ensureTensorFlow());

    it('says in one sentence that Python with pip is missing, and leaves nothing behind', async () => {
      const cache = join(folder, 'empty-cache');
      const { stdout, stderr } = await setUp(installTrainer(), {
        PATH: join(folder, 'no-such-folder'),
        SER_CACHE_DIR: cache,
      });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({
        code: 'TENSORFLOW_UNAVAILABLE',
        message:
          'TensorFlow cannot be set up: Python with pip is missing: install it (Debian: apt-get install python3-pip).',
      });
      expect(readdirSync(cache)).toEqual([]);
    });

    it('says in one sentence that the compiler is missing, before it downloads anything', async () => {
      const { stdout, stderr } = await setUp(installTrainer(), {
        CXX: join(folder, 'no-such-compiler'),
        SER_CACHE_DIR: join(folder, 'empty-cache'),
      });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({
        code: 'TENSORFLOW_UNAVAILABLE',
        message: expect.stringMatching(/no-such-compiler is missing: install it .*g\+\+\)\.$/),
      });
    });

    it('takes a re-install’s native part from the cache: no pip, no compiler, no network', async () => {
      const { cached, cacheDirectory } = await inspectTensorFlow();
      expect(cached).toBe(true);
      const install = installTrainer();
      const addon = join(
        install,
        'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node',
      );
      expect(existsSync(addon)).toBe(false);
      const { stdout, stderr } = await setUp(install, { PATH: join(folder, 'no-such-folder') });
      expect({ stdout, stderr }).toEqual({ stdout: '{"linked":true}\n', stderr: '' });
      expect(existsSync(addon)).toBe(true);
      expect(existsSync(cacheDirectory)).toBe(true);
    });
  },
);
