import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, codeSpansOf, examplesOf, linksOf, pages } from './pages.ts';
import { actionNames, callable, callerFiles, contractOf, root, text, workflowFiles } from './repository.ts';

const there = (path: string) => existsSync(join(root, path));
const isPage = (path: string) => path.endsWith('.md');

/** What the workflows of this repository pin, by its name. */
const pins = new Map(
  workflowFiles.flatMap((path) =>
    [...text(path).matchAll(/uses: (([\w./-]+)@[0-9a-f]{40})/g)].map(
      ([, uses = '', name = '']) => [name, uses] as const,
    ),
  ),
);

describe.each(pages)('%s', (page) => {
  it('links only to files and headings that there are', () => {
    const broken = linksOf(page).filter((address) => {
      if (/^[a-z]+:/.test(address)) return false;
      const [path = '', anchor] = address.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (!there(target)) return true;
      return anchor !== undefined && isPage(target) && !anchorsOf(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('gives examples that hand over and read only what is declared', () => {
    for (const call of examplesOf(page)) {
      const contract = contractOf(call.uses);
      if (contract === undefined) continue;
      const declared = (kind: 'inputs' | 'secrets' | 'outputs') => Object.keys(contract[kind] ?? {});
      expect(declared('inputs'), call.uses).toEqual(expect.arrayContaining(Object.keys(call.with)));
      expect(declared('secrets'), call.uses).toEqual(expect.arrayContaining(Object.keys(call.secrets)));
      expect(declared('outputs'), call.uses).toEqual(expect.arrayContaining([...call.outputs]));
    }
  });

  it('pins what others have made, and leaves no token behind a checkout', () => {
    for (const { uses, with: inputs } of examplesOf(page)) {
      if (contractOf(uses) !== undefined) continue;
      expect(uses).toMatch(/@([0-9a-f]{40}|COMMIT)$/);
      const [repository = ''] = uses.split('@');
      expect(pins.get(repository) ?? uses, 'as the workflows pin it').toBe(uses);
      if (uses.startsWith('actions/checkout@'))
        expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('names only paths of this repository that there are', () => {
    const ours =
      /^(?:(?:packages|workflows|docs|examples|benchmarks|scripts|\.ci)\/|actions\/[\w-]+\/)[\w./-]*$/;
    const gone = codeSpansOf(page).filter((span) => ours.test(span) && !there(span));
    expect(gone.filter((path) => !there(join(dirname(page), path)))).toEqual([]);
  });

  it('names only npm scripts that there are', () => {
    for (const [, script = '', folder = '.'] of text(page).matchAll(
      /\bnpm run (?:-s )?([\w:-]+)(?:[^\n`]*? -w (\S+))?/g,
    )) {
      const places = [folder, dirname(page)].map((place) => join(place, 'package.json')).filter(there);
      const scripts = places.flatMap((place) => Object.keys(JSON.parse(text(place)).scripts ?? {}));
      expect(scripts).toContain(script);
    }
  });

  it('names only variables that something reads', () => {
    const named = new Set(text(page).match(/\bFAIRWAY_[A-Z_]*[A-Z]\b(?!_)/g));
    expect([...named].filter((name) => !readVariables.has(name))).toEqual([]);
  });
});

const variablesIn = (source: string) => source.match(/\bFAIRWAY_[A-Z_]*[A-Z]\b/g) ?? [];

/** The variables that workflows read of a repository. */
const settings = new Set([...workflowFiles, ...callerFiles].flatMap((path) => variablesIn(text(path))));

/** And those that the programs of this repository read of their environment. */
const readVariables = new Set([
  ...settings,
  ...['.ci', 'scripts', 'packages/local/src', ...actionNames.map((name) => `actions/${name}/src`)]
    .filter(there)
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(root, folder, name),
      ),
    )
    .filter((path) => statSync(path).isFile())
    .flatMap((path) => variablesIn(readFileSync(path, 'utf8'))),
]);

it('each variable that a workflow reads stands on the page of one', () => {
  const described = new Set(callable.flatMap((path) => variablesIn(text(pageOf(path)))));
  expect([...settings].filter((name) => !described.has(name))).toEqual([]);
});

it('the first page lists every workflow and every action', () => {
  const links = linksOf('README.md');
  expect(links).toEqual(expect.arrayContaining(callable.map(pageOf)));
  expect(links).toEqual(expect.arrayContaining(actionNames.map((name) => `actions/${name}/README.md`)));
});

it('the first page shows the very file that is to be copied', () => {
  expect(text('README.md')).toContain(text('workflows/cicd/caller.yml'));
});

it('each decision is listed', () => {
  const files = readdirSync(join(root, 'docs/decisions')).filter((file) => /^\d/.test(file));
  expect(linksOf('docs/decisions/README.md')).toEqual(files);
});

it('the page of the whole pipeline names everybody whose action it may call', () => {
  const sources = [...callable, ...actionNames.map((name) => `actions/${name}/action.yml`)];
  const others = sources.flatMap((path) =>
    [...text(path).matchAll(/uses: ([\w.-]+\/[\w.-]+)[\w./-]*@/g)].map(([, repository = '']) => repository),
  );
  expect(others.length).toBeGreaterThan(0);
  const named = codeSpansOf('workflows/cicd/README.md');
  expect([...new Set(others)].filter((repository) => !named.includes(repository))).toEqual([]);
});

function pageOf(path: string): string {
  return path.replace('.github/workflows/', 'workflows/').replace('.yml', '/README.md');
}
