import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { arch, availableParallelism, platform, release } from 'node:os';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { exitCodes } from '../report-failure.ts';
import { findShippedModel, type ShippedModelName, shippedModelNames } from '../shipped-model.ts';
import { version } from '../version.ts';

const run = promisify(execFile);

/** One line of the doctor's report. */
interface Finding {
  name: string;
  state: string;
  /** What to do about it; absent where nothing is missing. */
  remedy?: string;
  /** True where `ser` cannot predict without it. */
  isNeeded?: boolean;
}

/** What the newest of the packages in use need. */
const oldestNode = [20, 19] as const;

/** `ser doctor`: versions, the tfjs backend, what is missing and how to get it. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Print versions, the tfjs backend, what is missing and how to get it.')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExample:\n  $ ser doctor')
    .action(async (options: { json?: boolean }) => {
      const findings = [
        { name: 'ser', state: version },
        inspectNode(),
        { name: 'Processor cores', state: String(availableParallelism()) },
        await inspectOnnxRuntime(),
        ...(await Promise.all(shippedModelNames.map(inspectShippedModel))),
        ...(await inspectTraining()),
      ];
      if (options.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
      else for (const finding of findings) printFinding(finding);
      if (findings.some(({ remedy, isNeeded }) => remedy && isNeeded)) {
        process.exitCode = exitCodes.failure;
      }
    });
}

function printFinding({ name, state, remedy }: Finding): void {
  process.stdout.write(`${name.padEnd(17)} ${state}\n`);
  if (remedy) process.stdout.write(`${''.padEnd(17)} → ${remedy}\n`);
}

function inspectNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  return {
    name: 'Node',
    state: `${process.version} on ${platform()} ${arch()}, ${release()}`,
    isNeeded: true,
    ...(isOld && { remedy: `install Node ${oldestNode.join('.')} or later` }),
  };
}

async function inspectOnnxRuntime(): Promise<Finding> {
  const name = 'onnxruntime-node';
  try {
    const { onnxRuntimeVersion } = await import('@ser/runtime');
    return { name, state: await onnxRuntimeVersion() };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const remedy = 'run `npx -y pnpm@10 install` again';
    return { name, state: `cannot be loaded: ${reason}`, remedy, isNeeded: true };
  }
}

async function inspectShippedModel(model: ShippedModelName): Promise<Finding> {
  const name = model === 'default' ? 'Shipped model' : 'Small model';
  const path = findShippedModel(model);
  const isThere = await stat(path).catch(() => null);
  return isThere
    ? { name, state: path }
    : {
        name,
        state: 'missing',
        remedy: `restore ${path}, or name another model with --model`,
        isNeeded: model === 'default',
      };
}

/** TensorFlow is needed for training only, so its absence is no failure. */
async function inspectTraining(): Promise<Finding[]> {
  const { inspectTensorFlow, loadBackend } = await import('@ser/trainer');
  const state = await inspectTensorFlow();
  const cache = { name: 'TensorFlow cache', state: state.cacheDirectory };
  if (state.linked) {
    try {
      const { backend, tensorflowVersion } = await loadBackend();
      return [
        { name: 'tfjs backend', state: `${backend}, TensorFlow ${tensorflowVersion}` },
        cache,
      ];
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      const remedy = `remove ${state.cacheDirectory}; the next training sets it up anew`;
      return [{ name: 'tfjs backend', state: `cannot be loaded: ${reason}`, remedy }];
    }
  }
  const tools = await Promise.all([
    inspectTool('Python with pip', 'python3', ['-m', 'pip', '--version'], 'python3-pip'),
    inspectTool('C++ compiler', 'g++', ['--version'], 'g++'),
  ]);
  return [
    {
      name: 'tfjs backend',
      state: state.cached ? 'in the cache, linked by the first training' : 'not set up',
      ...(!state.cached && { remedy: '`ser train` and `ser demo` download it once (274 MB)' }),
    },
    ...tools,
  ];
}

async function inspectTool(
  name: string,
  command: string,
  args: string[],
  debianPackage: string,
): Promise<Finding> {
  try {
    const { stdout } = await run(command, args);
    return { name, state: stdout.split('\n')[0] ?? '' };
  } catch {
    return {
      name,
      state: 'missing; training needs it',
      remedy: `install it (Debian: apt-get install ${debianPackage})`,
    };
  }
}
