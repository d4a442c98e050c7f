import { configDefaults, defineConfig } from 'vitest/config';
import { isBrowserSuiteWanted } from './browser/find-chromium.ts';

/** What needs no corpus; the README's test command runs it. */
export default defineConfig({
  test: {
    exclude: [
      ...configDefaults.exclude,
      'real/**',
      ...(isBrowserSuiteWanted() ? [] : ['browser/**']),
    ],
    // Trainings and a browser at the same time would be measured by each other's load.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
