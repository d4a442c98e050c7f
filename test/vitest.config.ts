import { configDefaults, defineConfig } from 'vitest/config';
import { isBrowserSuiteWanted } from './browser/find-chromium.ts';

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, ...(isBrowserSuiteWanted() ? [] : ['browser/**'])],
  },
});
