import { defineConfig } from 'vitest/config';

// One after the other: they share the cluster that `npm run test:int` brings up for them, and its processors.
export default defineConfig({
  test: { include: ['test/**/*.int.test.ts'], setupFiles: ['test/quiet.ts'], fileParallelism: false },
});
