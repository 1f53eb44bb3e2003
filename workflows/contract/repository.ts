import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The name that callers write, and that a fork may replace everywhere at once (docs/fork.md). */
export const slug = 'fairway-ci/fairway';

/** The repository's root. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export type Tree = { readonly [key: string]: unknown };
export type Permissions = { readonly [scope: string]: string };

export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Tree;
}

export interface Job {
  readonly uses?: string;
  readonly with?: Tree;
  readonly steps?: readonly Step[];
  readonly permissions?: Permissions;
  readonly outputs?: { readonly [name: string]: string };
  readonly 'runs-on'?: string;
  readonly 'timeout-minutes'?: number;
  readonly secrets?: unknown;
}

interface Declared {
  readonly [name: string]: {
    readonly description?: string;
    readonly required?: boolean;
    readonly default?: unknown;
  };
}

export interface Contract {
  readonly inputs?: Declared;
  readonly outputs?: Declared;
  readonly secrets?: Declared;
}

export interface Workflow {
  readonly on: { readonly workflow_call?: Contract } & Tree;
  readonly permissions?: Permissions;
  readonly jobs: { readonly [name: string]: Job };
}

export interface Action extends Contract {
  readonly name: string;
  readonly runs: { readonly using: string; readonly steps?: readonly Step[] };
}

export const text = (path: string): string => readFileSync(join(root, path), 'utf8');
export const workflow = (path: string): Workflow => parse(text(path));
export const action = (name: string): Action => parse(text(`actions/${name}/action.yml`));

/** Every workflow file of this repository, its own CI included. */
export const workflowFiles = readdirSync(join(root, '.github/workflows')).map(
  (name) => `.github/workflows/${name}`,
);

/** Those that others call. */
export const callable = workflowFiles.filter((path) => workflow(path).on.workflow_call !== undefined);

export const actionNames = readdirSync(join(root, 'actions')).filter((name) =>
  existsSync(join(root, 'actions', name, 'action.yml')),
);

/** The files that users copy. */
export const callerFiles = readdirSync(join(root, 'workflows'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[a-z-]+\/[a-z-]+\.yml$/.test(path))
  .map((path) => `workflows/${path}`);

/** The contract behind a `uses:` of our own, `$/…` or by the repository's name; undefined for anybody else's. */
export function contractOf(uses: string): Contract | undefined {
  const own = ['$/', `${slug}/`].find((start) => uses.startsWith(start));
  if (own === undefined) return undefined;
  const path = uses.slice(own.length).replace(/@.*/, '');
  if (path.endsWith('.yml')) return workflow(path).on.workflow_call ?? {};
  return action(path.replace(/^actions\//, ''));
}

/** All that a workflow's jobs may do, the highest of each scope, through the workflows that they call. */
export function neededBy(path: string): Permissions {
  const needed: Record<string, string> = {};
  for (const job of Object.values(workflow(path).jobs)) {
    const called = /^\$\/(.+)$/.exec(job.uses ?? '')?.[1];
    const own = { ...job.permissions, ...(called === undefined ? {} : neededBy(called)) };
    for (const [scope, level] of Object.entries(own)) {
      if (needed[scope] !== 'write') needed[scope] = level;
    }
  }
  return needed;
}
