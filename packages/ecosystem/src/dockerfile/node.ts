import type { Project } from './project.js';
import { type Base, execForm, NEVER, type Proposal, portGuess, USER } from './proposal.js';
import { servedByNginx } from './static-site.js';

interface Manifest {
  readonly main?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
  readonly engines?: { readonly node?: unknown };
  readonly workspaces?: unknown;
}

interface Manager {
  readonly name: string;
  readonly lock: string;
  readonly setUp: readonly string[];
  readonly cache: string;
  readonly install: string;
  readonly prune: string;
  readonly run: string;
}

const NPM: Manager = {
  name: 'npm',
  lock: 'package-lock.json',
  setUp: [],
  cache: '/root/.npm',
  install: 'npm ci --no-audit --no-fund',
  prune: 'npm prune --omit=dev --no-audit --no-fund',
  run: 'npm run',
};

/** Source: the package managers' own docs for building images. */
const MANAGERS: readonly Manager[] = [
  {
    name: 'pnpm',
    lock: 'pnpm-lock.yaml',
    setUp: ['RUN corepack enable'],
    cache: '/root/.local/share/pnpm/store',
    install: 'pnpm install --frozen-lockfile',
    prune: 'CI=true pnpm prune --prod',
    run: 'pnpm run',
  },
  {
    name: 'yarn',
    lock: 'yarn.lock',
    setUp: [],
    cache: '/usr/local/share/.cache/yarn',
    install: 'yarn install --frozen-lockfile',
    prune: 'yarn install --frozen-lockfile --production --ignore-scripts --prefer-offline',
    run: 'yarn run',
  },
  { ...NPM, lock: 'npm-shrinkwrap.json' },
  NPM,
];

/** Frameworks whose build gives files that any web server can serve, and the folder that these go to. */
const SITES: Readonly<Record<string, string>> = {
  vite: 'dist',
  'react-scripts': 'build',
  '@vue/cli-service': 'dist',
  astro: 'dist',
  '@11ty/eleventy': '_site',
};

const LTS = 24;

export function proposeNode(project: Project): Proposal {
  const manifest = parse(project.read('package.json'));
  const manager = MANAGERS.find(({ lock }) => project.has(lock));
  const used = manager ?? { ...NPM, install: 'npm install --no-audit --no-fund' };
  const { version, why } = nodeVersion(project, manifest);
  const builds = typeof manifest.scripts?.build === 'string';
  const base = (argument: Base['argument']): Base => ({
    argument,
    image: 'docker.io/library/node',
    tag: `${version}-slim`,
  });
  const stage = [
    'FROM ${BUILD_IMAGE} AS build',
    'WORKDIR /app',
    ...used.setUp,
    ...installing(project, manifest, used, manager !== undefined),
  ];
  const guesses = [
    `Node.js ${version}: ${why}.`,
    manager === undefined
      ? 'There is no lock file, so that two builds may install different packages: commit one.'
      : `Packages by ${used.name}, from ${used.lock}.`,
  ];
  const site = siteFolder(manifest);
  if (site !== undefined && builds) {
    return servedByNginx(
      [base('BUILD_IMAGE')],
      [...stage, `RUN ${used.run} build`],
      `--from=build /app/${site}`,
      [...guesses, `The script 'build' leaves the site in ${site}; a web server is all that it needs.`],
      [...NEVER, 'node_modules', site],
    );
  }
  const start = startOf(project, manifest, builds);
  const port = portOf(project, start.file);
  return {
    language: 'Node.js',
    bases: [base('BUILD_IMAGE'), base('RUNTIME_IMAGE')],
    lines: [
      ...stage,
      `RUN ${builds ? `${used.run} build && ` : ''}${used.prune}`,
      '',
      'FROM ${RUNTIME_IMAGE}',
      'ENV NODE_ENV=production',
      'WORKDIR /app',
      '# Owned by root and only read: the process cannot change its own code.',
      'COPY --from=build /app ./',
      USER,
      ...(port === undefined ? [] : [`EXPOSE ${port}`]),
      `CMD ${execForm(start.words)}`,
    ],
    ignore: [...NEVER, 'node_modules', 'coverage', 'npm-debug.log'],
    guesses: [
      ...guesses,
      ...(builds ? ["The script 'build' makes what runs."] : ['Nothing is built: there is no script build.']),
      start.why,
      portGuess(port),
    ],
  };
}

/** Dependencies before sources, so that a change of the code does not fetch them again; in a workspace all at once. */
function installing(project: Project, manifest: Manifest, manager: Manager, locked: boolean): string[] {
  const install = `RUN --mount=type=cache,target=${manager.cache} ${manager.install}`;
  if (manifest.workspaces !== undefined || project.has('pnpm-workspace.yaml')) return ['COPY . .', install];
  const first = [
    'package.json',
    ...(locked ? [manager.lock] : []),
    ...['.npmrc'].filter((file) => project.has(file)),
  ];
  return [`COPY ${first.join(' ')} ./`, install, 'COPY . .'];
}

function nodeVersion(project: Project, manifest: Manifest): { version: number; why: string } {
  for (const file of ['.nvmrc', '.node-version']) {
    const found = /^v?(\d+)/.exec(project.read(file).trim())?.[1];
    if (found) return { version: Number(found), why: `${file} says so` };
  }
  const engines = String(manifest.engines?.node ?? '');
  const asked = Number(/\d+/.exec(engines)?.[0] ?? 0);
  if (asked >= 18 && asked < 100) {
    const open = engines.trim().startsWith('>') && asked < LTS && !engines.includes('<');
    return open
      ? { version: LTS, why: `package.json asks for ${asked} or newer` }
      : { version: asked, why: "package.json's engines ask for it" };
  }
  return { version: LTS, why: 'nothing names one, and it is the long-term release' };
}

function siteFolder(manifest: Manifest): string | undefined {
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const server = typeof manifest.scripts?.start === 'string' && /^node\s/.test(manifest.scripts.start);
  if (
    server ||
    ['express', 'fastify', 'koa', '@nestjs/core', 'hono', 'next', 'nuxt'].some((name) => name in all)
  )
    return undefined;
  return Object.entries(SITES).find(([name]) => name in all)?.[1];
}

interface Start {
  readonly words: readonly string[];
  readonly why: string;
  /** The source file, where it is one. */
  readonly file: string;
}

/** `node` itself where that is what `start` comes to: npm between would swallow the signals of the cluster. */
function startOf(project: Project, manifest: Manifest, builds: boolean): Start {
  const script = manifest.scripts?.start;
  if (typeof script === 'string' && script !== '') {
    const words = script.trim().split(/\s+/);
    return words[0] === 'node' && words.every((word) => /^[\w@%+=:,./-]+$/.test(word))
      ? { words, why: `It starts as the script 'start' does, without npm between.`, file: words.at(-1) ?? '' }
      : { words: ['npm', 'start'], why: "The script 'start' runs it.", file: '' };
  }
  const main =
    typeof manifest.main === 'string' && /^[\w@./-]+$/.test(manifest.main) ? manifest.main : undefined;
  const known = ['server.js', 'index.js', 'app.js', 'src/index.js', 'src/server.js'].find((file) =>
    project.has(file),
  );
  const file = main ?? known ?? (builds ? 'dist/index.js' : 'index.js');
  const why = main
    ? "package.json's main"
    : (known && 'the usual name') || 'a guess, for no such file is there yet';
  return { words: ['node', file], why: `It starts with node ${file}: ${why}.`, file };
}

/** The port that the source falls back to. */
function portOf(project: Project, file: string): number | undefined {
  const text =
    project.read(file) ||
    project.read('src/index.ts') ||
    project.read('src/main.ts') ||
    project.read('src/server.ts');
  const found =
    /PORT\s*(?:\?\?|\|\|)\s*['"]?(\d{2,5})/.exec(text)?.[1] ?? /\.listen\(\s*(\d{2,5})/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function parse(text: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Manifest) : {};
  } catch {
    return {};
  }
}
