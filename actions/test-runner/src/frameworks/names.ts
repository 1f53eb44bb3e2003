/** Frameworks in the order in which they are looked for, within their ecosystem. */
export const FRAMEWORK_NAMES = [
  'vitest',
  'jest',
  'mocha',
  'playwright',
  'node-test',
  'pytest',
  'unittest',
  'go',
  'nextest',
  'cargo',
  'maven',
  'gradle',
  'dotnet',
  'phpunit',
  'rspec',
  'custom',
] as const;

export type FrameworkName = (typeof FRAMEWORK_NAMES)[number];
