import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface Ecosystem {
  readonly name: string;
  /** Any of these makes it one. */
  readonly manifests: readonly string[];
  /** Files that name the language's version, as the setup-* actions read them, best first. */
  readonly versionFiles: readonly string[];
}

/** In order of precedence: a Rails application has a package.json too, hence the server-side ones that own it first. */
const ECOSYSTEMS: readonly Ecosystem[] = [
  { name: 'ruby', manifests: ['Gemfile'], versionFiles: ['.ruby-version', '.tool-versions'] },
  { name: 'php', manifests: ['composer.json'], versionFiles: ['composer.json'] },
  { name: 'node', manifests: ['package.json'], versionFiles: ['.nvmrc', '.node-version', 'package.json'] },
  { name: 'go', manifests: ['go.mod'], versionFiles: ['go.mod'] },
  { name: 'rust', manifests: ['Cargo.toml'], versionFiles: ['rust-toolchain.toml', 'rust-toolchain'] },
  {
    name: 'java',
    manifests: ['pom.xml', 'build.gradle', 'build.gradle.kts'],
    versionFiles: ['.java-version', '.tool-versions'],
  },
  { name: 'dotnet', manifests: ['global.json'], versionFiles: ['global.json'] },
  {
    name: 'python',
    manifests: ['pyproject.toml', 'requirements.txt', 'setup.py', 'Pipfile'],
    versionFiles: ['.python-version', 'pyproject.toml'],
  },
];

/** The ecosystem of a folder and the file in it that names the version; `none` and an empty string where there is none. */
export function ecosystemOf(folder: string): { readonly name: string; readonly versionFile: string } {
  const present = (name: string) => existsSync(join(folder, name));
  const found = ECOSYSTEMS.find(({ manifests }) => manifests.some(present));
  return { name: found?.name ?? 'none', versionFile: found?.versionFiles.find(present) ?? '' };
}
