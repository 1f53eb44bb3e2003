import { configDefaults, defineConfig } from 'vitest/config';

// Tests that meet a real Alertmanager are named *.int.test.ts and run by `npm run test:int`.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, '**/*.int.test.ts'] },
});
