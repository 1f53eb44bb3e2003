import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { setupFiles: ['test/quiet.ts'], testTimeout: 30_000 } });
