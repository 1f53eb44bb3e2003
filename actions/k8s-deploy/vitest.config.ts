import { configDefaults, defineConfig } from 'vitest/config';

// Tests that need a cluster are named *.int.test.ts and run by `npm run test:int`.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.int.test.ts'],
    setupFiles: ['test/quiet.ts'],
    testTimeout: 30_000,
  },
});
