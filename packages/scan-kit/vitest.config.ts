import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, 'test/**/*.int.test.ts'],
    setupFiles: ['test/quiet.ts'],
    testTimeout: 30_000,
  },
});
