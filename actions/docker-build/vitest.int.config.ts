import { defineConfig } from 'vitest/config';

// Needs a BuildKit and a registry; `npm test` leaves these out.
export default defineConfig({
  test: {
    include: ['test/**/*.int.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
