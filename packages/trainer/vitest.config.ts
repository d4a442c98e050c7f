import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/set-up-tensorflow.ts'],
    include: ['test/**/*.test.ts'],
    // tfjs-node's addon cannot be loaded by two worker threads of one process.
    pool: 'forks',
    testTimeout: 60_000,
  },
});
