import { defineConfig } from 'vitest/config';

/** What needs the corpora (SER_DATA) and the Python peers (SER_PEERS_PYTHON). */
export default defineConfig({
  test: {
    include: ['real/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
