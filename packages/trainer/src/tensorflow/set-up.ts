import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { locateCache } from '../cache-directory.ts';
import { buildLstmAddon } from './lstm-addon.ts';
import { runCommand } from './run-command.ts';

const require = createRequire(import.meta.url);

const tfjsNodeVersion = '4.22.0';
const tensorflowVersion = '2.21.0';
/** Any CPython's wheel serves: only its C++ libraries and headers are used. */
const wheels: Record<string, { platform: string; sha256: string; megabytes: number }> = {
  'linux-x64': {
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    megabytes: 274,
  },
};
const libraryNames = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** Where TensorFlow's native part stands. */
export interface TensorFlowState {
  /** True when tfjs-node can be imported now. */
  linked: boolean;
  /** True when the native part is in the cache, so that linking needs no download. */
  cached: boolean;
  /** The cache directory of this version; it survives a re-install of the packages. */
  cacheDirectory: string;
}

/**
 * Makes tfjs-node importable: links its native part from the cache, and fills the cache first when
 * it is empty. tfjs-node's own installer is used where its host answers; otherwise TensorFlow's
 * libraries come out of the PyPI wheel and the addon is compiled against them. Compiles the LSTM's
 * kernel too, where a compiler is there. Safe to call from several processes at once.
 *
 * @param report called with one line a step; default: standard error.
 * @throws SerError `TENSORFLOW_UNAVAILABLE` with one sentence that says what to install.
 */
export async function ensureTensorFlow(
  report: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<void> {
  const state = await inspectTensorFlow();
  if (!state.linked) {
    if (!state.cached) await fillCache(state.cacheDirectory, report);
    await linkPackage(state.cacheDirectory);
  }
  const obstacle = await buildLstmAddon(join(packageDirectory(), 'deps', 'lib'));
  if (obstacle) {
    report(`The LSTM could not be compiled, TensorFlow's own is slower: ${obstacle.trim()}`);
  }
}

/** Returns what is there of TensorFlow's native part, without changing anything. */
export async function inspectTensorFlow(): Promise<TensorFlowState> {
  const cacheDirectory = join(
    locateCache(),
    `tfjs-node-${tfjsNodeVersion}-${process.platform}-${process.arch}`,
  );
  const bindingPath = join('lib', 'napi-v8', 'tfjs_binding.node');
  return {
    cacheDirectory,
    cached: await exists(join(cacheDirectory, bindingPath)),
    linked: await exists(join(packageDirectory(), bindingPath)),
  };
}

function packageDirectory(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
}

async function linkPackage(cacheDirectory: string): Promise<void> {
  for (const name of ['deps', 'lib']) {
    const link = join(packageDirectory(), name);
    await rm(link, { recursive: true, force: true });
    await symlink(join(cacheDirectory, name), link).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function fillCache(cacheDirectory: string, report: (line: string) => void): Promise<void> {
  const parent = dirname(cacheDirectory);
  await mkdir(parent, { recursive: true });
  const staging = await mkdtemp(join(parent, '.staging-'));
  try {
    const source =
      (await installWithOwnInstaller(staging, report)) ?? (await installFromWheel(staging, report));
    await writeFile(join(source, 'SOURCE.txt'), `tfjs-node ${tfjsNodeVersion}\n`);
    await rename(source, cacheDirectory).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      const { cached } = await inspectTensorFlow();
      if (cached) return;
      await rm(cacheDirectory, { recursive: true });
      await rename(source, cacheDirectory);
    });
    report('TensorFlow is ready.');
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Runs tfjs-node's installer on a copy of the package, since it rewrites its own package.json,
 * which a package manager's store may share. Returns null where its host is out of reach.
 */
async function installWithOwnInstaller(
  staging: string,
  report: (line: string) => void,
): Promise<string | null> {
  const base = process.env.TFJS_NODE_CDN_STORAGE ?? 'https://storage.googleapis.com/';
  const probe = `${base}tf-builds/pre-built-binary/napi-v8/${tfjsNodeVersion}/CPU-${process.platform}-${tfjsNodeVersion}.tar.gz`;
  const answers = await fetch(probe, { method: 'HEAD', signal: AbortSignal.timeout(5000) }).then(
    (response) => response.ok,
    () => false,
  );
  if (!answers) return null;

  report("TensorFlow is set up with tfjs-node's installer, once; later runs use the cache.");
  const original = packageDirectory();
  const copy = join(staging, 'tfjs-node');
  await cp(original, copy, {
    recursive: true,
    filter: (source) => !source.startsWith(join(original, 'node_modules')),
  });
  const env = {
    ...process.env,
    NODE_PATH: join(original, '..', '..'),
    PATH: [join(original, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  };
  const result = await runCommand(process.execPath, ['scripts/install.js'], { cwd: copy, env });
  if (result.exitCode !== 0 || !(await exists(join(copy, 'lib', 'napi-v8', 'tfjs_binding.node'))))
    return null;
  const installed = join(staging, 'installed');
  await mkdir(installed);
  for (const name of ['deps', 'lib']) await rename(join(copy, name), join(installed, name));
  return installed;
}

async function installFromWheel(staging: string, report: (line: string) => void): Promise<string> {
  const target = `${process.platform}-${process.arch}`;
  const wheel = wheels[target];
  if (!wheel) {
    throw unavailable(
      `there is no TensorFlow build for ${target} (Node ${process.version}): train on Linux x64; prediction needs no TensorFlow`,
    );
  }
  const python = await findPythonWithPip();
  const compiler = process.env.CXX ?? 'g++';
  if ((await runCommand(compiler, ['--version'])).exitCode !== 0) {
    throw unavailable(
      `the C++ compiler ${compiler} is missing: install it (Debian: apt-get install g++)`,
    );
  }

  report(
    `TensorFlow ${tensorflowVersion} (${wheel.megabytes} MB) is downloaded from PyPI, once; later runs use the cache.`,
  );
  const downloads = join(staging, 'wheel');
  await downloadWheel({ python, wheel, directory: downloads, report });

  report('TensorFlow is unpacked and its Node addon compiled.');
  const installed = join(staging, 'installed');
  await unpackWheel(python, downloads, installed);
  await compileAddon(compiler, installed);
  await rm(join(installed, 'deps', 'include'), { recursive: true });
  return installed;
}

async function findPythonWithPip(): Promise<string> {
  for (const python of ['python3', 'python']) {
    if ((await runCommand(python, ['-m', 'pip', '--version'])).exitCode === 0) return python;
  }
  throw unavailable('Python with pip is missing: install it (Debian: apt-get install python3-pip)');
}

interface WheelDownload {
  python: string;
  wheel: { platform: string; sha256: string; megabytes: number };
  directory: string;
  report: (line: string) => void;
}

async function downloadWheel({ python, wheel, directory, report }: WheelDownload): Promise<void> {
  const partial = join(directory, 'partial');
  await mkdir(partial, { recursive: true });
  const requirements = join(directory, 'requirements.txt');
  await writeFile(
    requirements,
    `tensorflow-cpu==${tensorflowVersion} --hash=sha256:${wheel.sha256}\n`,
  );
  // pip writes the file it fetches below TMPDIR: its size there is the progress.
  let reported = 0;
  const timer = setInterval(async () => {
    const megabytes = Math.round((await measureDirectory(partial)) / 1e6);
    if (megabytes < reported + 25) return;
    reported = megabytes;
    report(`  ${Math.min(megabytes, wheel.megabytes)} of ${wheel.megabytes} MB`);
  }, 1000);
  const result = await runCommand(
    python,
    [
      ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'],
      ...['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311'],
      ...['--platform', wheel.platform, '--require-hashes', '-r', requirements, '-d', directory],
    ],
    { env: { ...process.env, TMPDIR: partial } },
  ).finally(() => clearInterval(timer));
  if (result.exitCode !== 0) {
    const reason = result.stderr.trim().split('\n').at(-1) ?? '';
    throw unavailable(`pip could not download tensorflow-cpu ${tensorflowVersion}: ${reason}`);
  }
}

async function unpackWheel(python: string, downloads: string, installed: string): Promise<void> {
  const wheelFile = (await readdir(downloads)).find((name) => name.endsWith('.whl'));
  if (!wheelFile) throw unavailable('pip reported success but left no wheel');
  const script = [
    'import sys, zipfile, pathlib, shutil',
    'archive, target = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])',
    'for name in archive.namelist():',
    "    if '..' in name or name.endswith('/'): continue",
    `    if name in ${JSON.stringify(libraryNames.map((name) => `tensorflow/${name}`))}:`,
    "        path = target / 'deps' / 'lib' / name.split('/')[-1]",
    "    elif name.startswith('tensorflow/include/'):",
    "        path = target / 'deps' / name[len('tensorflow/'):]",
    '    else: continue',
    '    path.parent.mkdir(parents=True, exist_ok=True)',
    "    with archive.open(name) as source, open(path, 'wb') as sink: shutil.copyfileobj(source, sink)",
  ].join('\n');
  const result = await runCommand(python, ['-c', script, join(downloads, wheelFile), installed]);
  if (result.exitCode !== 0) {
    throw unavailable(
      `the wheel could not be unpacked: ${result.stderr.trim().split('\n').at(-1)}`,
    );
  }
}

async function compileAddon(compiler: string, installed: string): Promise<void> {
  const output = join(installed, 'lib', 'napi-v8');
  await mkdir(output, { recursive: true });
  const dependencies = join(installed, 'deps');
  const result = await runCommand(
    compiler,
    [
      ...['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'],
      ...['-I', join(dirname(require.resolve('node-api-headers/package.json')), 'include')],
      ...['-I', join(dependencies, 'include'), '-I', join(dependencies, 'include', 'xla')],
      ...['-L', join(dependencies, 'lib'), ...libraryNames.map((name) => `-l:${name}`)],
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ...['-o', join(output, 'tfjs_binding.node')],
    ],
    { cwd: join(packageDirectory(), 'binding') },
  );
  if (result.exitCode !== 0) {
    const reason = result.stderr.split('\n').find((line) => line.includes('error')) ?? '';
    throw unavailable(`the Node addon did not compile with ${compiler}: ${reason.trim()}`);
  }
}

function unavailable(reason: string): SerError {
  return new SerError('TENSORFLOW_UNAVAILABLE', `TensorFlow cannot be set up: ${reason}.`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function measureDirectory(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(directory, entry)).then(
        (info) => info.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
