import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin, type Rollup } from 'vite';
import { precachePlugin } from './precache-plugin.ts';

const here = import.meta.dirname;
/** The model of the page alone, where somebody names one; else the two that come with the project. */
const ownModel = process.env.SER_MODEL;
const modelPath = resolve(here, ownModel ?? '../../models/model.onnx');
const smallPath = ownModel ? modelPath : resolve(here, '../../models/small.onnx');
for (const path of [modelPath, smallPath]) {
  if (!existsSync(path)) {
    throw new Error(
      `The demo needs a model and there is none at ${path}. Train one with \`pnpm ser train\`, or name another file in SER_MODEL.`,
    );
  }
}

export default defineConfig({
  // Relative addresses, so that the files may be served from any path.
  base: './',
  resolve: {
    alias: [
      { find: /^ser:model\.onnx/, replacement: modelPath },
      { find: /^ser:small\.onnx/, replacement: smallPath },
    ],
  },
  assetsInclude: ['**/*.onnx'],
  plugins: [precachePlugin(isLazy), ...(ownModel ? [nameModels('default')] : [])],
  // Found in the source beforehand, or the development server reloads the page at their first use.
  optimizeDeps: {
    include: [
      '@ser/runtime > mpg123-decoder',
      '@ser/runtime > opus-decoder',
      '@ser/runtime > zod/mini',
      '@ser/runtime > zod/v4/locales/en.js',
      '@ser/runtime > @bufbuild/protobuf/wire',
      'onnxruntime-web/wasm',
    ],
  },
  worker: { format: 'es', rollupOptions: { output: { assetFileNames } } },
  build: {
    target: 'es2022',
    // The model and the inference library are large by nature.
    chunkSizeWarningLimit: 2000,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: {
        index: resolve(here, 'index.html'),
        'service-worker': resolve(here, 'src/offline/service-worker.ts'),
      },
      output: {
        assetFileNames,
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js',
      },
      onwarn,
    },
  },
});

/** What a first visit does without; the demo never asks for onnxruntime's files for WebGPU. */
function isLazy(file: string): boolean {
  const isLargeModel = !ownModel && file.startsWith('assets/model-');
  return (
    isLargeModel || ['assets/speech-', 'asyncify', 'webgpu'].some((part) => file.includes(part))
  );
}

/** Tells the page which models it has. */
function nameModels(names: string): Plugin {
  return {
    name: 'models',
    transformIndexHtml: (html) =>
      html.replace(/(<meta name="models" content=")[^"]*/, `$1${names}`),
  };
}

/** Names the model so that `ser serve` finds it, whatever its file is called. */
function assetFileNames({ originalFileNames }: Rollup.PreRenderedAsset): string {
  const isModel = originalFileNames.some((name) => resolve(here, name) === modelPath);
  return `assets/${isModel ? 'model' : '[name]'}-[hash][extname]`;
}

/** Drops Rollup's remarks on the place of comments in a dependency. */
function onwarn(warning: Rollup.RollupLog, warn: Rollup.LoggingFunction): void {
  if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
}
