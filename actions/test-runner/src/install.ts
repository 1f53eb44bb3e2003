import { delimiter, dirname, join } from 'node:path';
import { info } from '@fairway/action-kit';
import { runOrThrow } from '@fairway/exec-kit';
import type { Framework } from './frameworks/index.js';
import { python } from './frameworks/python.js';
import type { Inputs } from './inputs.js';
import { type Project, upward } from './project.js';

/** A program to run before the tests, and why. */
export interface Installation {
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** The installs that a project needs, by the lock file it has; none where they are done. */
export function planInstall(framework: Framework, project: Project): Installation[] {
  if (framework.ecosystem === 'node') return node(project);
  if (framework.ecosystem === 'python') return pip(project);
  if (framework.ecosystem === 'php' && project.has('composer.json') && !project.has('vendor')) {
    return [{ argv: ['composer', 'install', '--no-interaction', '--no-progress'], cwd: project.folder }];
  }
  if (framework.ecosystem === 'ruby' && project.has('Gemfile')) {
    // What is installed already is left as it is, within a second.
    return [{ argv: ['bundle', 'install'], cwd: project.folder }];
  }
  // Go, Cargo, Maven, Gradle and .NET fetch what they need when they build.
  return [];
}

const LOCKS: readonly (readonly [string, readonly string[]])[] = [
  ['pnpm-lock.yaml', ['pnpm', 'install', '--frozen-lockfile']],
  ['yarn.lock', ['yarn', 'install', '--frozen-lockfile']],
  ['bun.lock', ['bun', 'install', '--frozen-lockfile']],
  ['bun.lockb', ['bun', 'install', '--frozen-lockfile']],
  ['package-lock.json', ['npm', 'ci', '--no-audit', '--no-fund']],
  ['npm-shrinkwrap.json', ['npm', 'ci', '--no-audit', '--no-fund']],
];

function node(project: Project): Installation[] {
  if (!project.has('package.json') || project.packages.size === 0) return [];
  // A workspace's lock file stands at its root, and so does what it installs.
  if (upward(project, 'node_modules') !== undefined) return [];
  for (const [lock, argv] of LOCKS) {
    const found = upward(project, lock);
    if (found !== undefined) return [{ argv, cwd: dirname(found) }];
  }
  return [{ argv: ['npm', 'install', '--no-audit', '--no-fund'], cwd: project.folder }];
}

function pip(project: Project): Installation[] {
  if (project.has('uv.lock'))
    return [{ argv: ['uv', 'sync', '--frozen', '--all-extras'], cwd: project.folder }];
  const files = [
    'requirements.txt',
    'requirements-dev.txt',
    'requirements-test.txt',
    'dev-requirements.txt',
  ].filter((name) => project.has(name));
  if (files.length === 0) return [];
  const args = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    ...files.flatMap((file) => ['-r', file]),
  ];
  return [{ argv: [python(project), ...args], cwd: project.folder }];
}

/** Installs what the inputs say, or what the project needs. */
export async function install(inputs: Inputs, framework: Framework, project: Project): Promise<void> {
  if (inputs.install === 'none') return;
  const plan =
    inputs.install === 'auto'
      ? inputs.command.length > 0
        ? []
        : planInstall(framework, project)
      : [{ argv: inputs.install, cwd: project.folder }];
  if (plan.length === 0) info('Nothing to install before the tests.');
  for (const { argv, cwd } of plan) {
    const [tool = '', ...args] = argv;
    await runOrThrow(tool, args, {
      cwd,
      env: testEnvironment(cwd),
      timeoutMs: inputs.timeoutMs,
      remedy: `See the lines above. To install in another way, write  install: 'make deps'; to leave it to an earlier step,  install: none`,
    });
  }
}

/** Laid over the environment of what a pull request brings, which exec-kit keeps this action's inputs and the run's keys from. */
export function testEnvironment(folder: string): Record<string, string | undefined> {
  const bins = [join(folder, 'node_modules/.bin'), join(folder, '.venv/bin')];
  return {
    PATH: [...bins, process.env.PATH ?? ''].join(delimiter),
  };
}
