import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from './run-ser.ts';

/** The packages as they would be published, and a project that has installed them. */
export interface PackedConsumer {
  /** Paths of the tarballs. */
  tarballs: { dspWasm: string; onnx: string; runtime: string };
  /** A folder with nothing but the installed tarballs and what they depend on. */
  project: string;
}

/** Packs the published packages and installs them into an empty project below `folder`. */
export async function installPacked(folder: string): Promise<PackedConsumer> {
  const packs = join(folder, 'packs');
  const project = join(folder, 'project');
  mkdirSync(packs);
  mkdirSync(project);
  for (const name of ['dsp-wasm', 'onnx', 'runtime']) {
    await pnpm(['pack', '--pack-destination', packs], join(root, 'packages', name));
  }
  const find = (name: string) =>
    join(packs, readdirSync(packs).find((file) => file.startsWith(`ser-${name}-`))!);
  const tarballs = { dspWasm: find('dsp-wasm'), onnx: find('onnx'), runtime: find('runtime') };
  const manifest = {
    ...{ name: 'consumer', version: '1.0.0', private: true, type: 'module' },
    dependencies: {
      '@ser/dsp-wasm': `file:${tarballs.dspWasm}`,
      '@ser/runtime': `file:${tarballs.runtime}`,
      // Bundlers serve its wasm file, as the README says.
      'onnxruntime-web': '1.30.0',
    },
    // Packages that others depend on.
    pnpm: {
      overrides: {
        '@ser/dsp-wasm': `file:${tarballs.dspWasm}`,
        '@ser/onnx': `file:${tarballs.onnx}`,
      },
    },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  await pnpm(['install', '--prefer-offline', '--ignore-scripts', '--ignore-workspace'], project);
  return { tarballs, project };
}

async function pnpm(args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, stdout, stderr } = await runCommand('npx', ['-y', 'pnpm@10', ...args], { cwd });
  if (exitCode !== 0) throw new Error(`pnpm ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
}
