import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Rollup } from 'vite';
import { precachePlugin } from './precache-plugin.ts';

const here = import.meta.dirname;
const modelPath = resolve(here, process.env.SER_MODEL ?? '../../models/model.float16.onnx');
if (!existsSync(modelPath)) {
  throw new Error(
    `The demo needs a model and there is none at ${modelPath}. Train one with \`pnpm ser train\`, or name another file in SER_MODEL.`,
  );
}

export default defineConfig({
  // Relative addresses, so that the files may be served from any path.
  base: './',
  resolve: { alias: [{ find: /^ser:model\.onnx/, replacement: modelPath }] },
  assetsInclude: ['**/*.onnx'],
  // The build has onnxruntime's file for WebGPU too, which the demo does not ask for.
  plugins: [precachePlugin((file) => file.includes('silero') || file.includes('asyncify'))],
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

/** Names the model so that `ser serve` finds it, whatever its file is called. */
function assetFileNames({ originalFileNames }: Rollup.PreRenderedAsset): string {
  const isModel = originalFileNames.some((name) => resolve(here, name) === modelPath);
  return `assets/${isModel ? 'model' : '[name]'}-[hash][extname]`;
}

/** Drops Rollup's remarks on the place of comments in a dependency. */
function onwarn(warning: Rollup.RollupLog, warn: Rollup.LoggingFunction): void {
  if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
}
