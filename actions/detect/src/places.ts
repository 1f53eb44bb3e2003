import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { ActionError } from '@fairway/action-kit';

/** Where a part of a pipeline is looked for. */
interface Part {
  readonly input: string;
  readonly given: string;
  readonly usual: readonly string[];
  readonly is: (path: string) => boolean;
  /** What {@link is} asks for, to complete "it must be …". */
  readonly wanted: string;
}

/** The Dockerfile, relative to the application's folder. */
export function dockerfileIn(folder: string, given: string): string {
  return place(folder, {
    input: 'dockerfile',
    given,
    usual: ['Dockerfile', 'docker/Dockerfile'],
    is: (path) => existsSync(path) && statSync(path).isFile(),
    wanted: 'a file',
  });
}

/** @throws ActionError 'missing-file' for a bake file that is not there */
export function checkBakeFiles(root: string, given: readonly string[]): void {
  const gone = given.find((path) => {
    const full = resolve(root, path);
    return relative(root, full).startsWith('..') || !existsSync(full) || !statSync(full).isFile();
  });
  if (gone === undefined) return;
  throw new ActionError(
    'missing-file',
    `The input 'bake-files' names '${gone}'; it must be a file of the repository.`,
    {
      remedy: "Write it relative to the repository's root:  bake-files: docker-bake.hcl",
    },
  );
}

/** The root module's folder: the first of the usual places that holds `*.tf` or `*.tofu`. */
export function infrastructureIn(folder: string, given: string): string {
  return place(folder, {
    input: 'infrastructure',
    given,
    usual: ['infra', 'infrastructure', 'terraform', ...children(folder, 'infra')],
    is: isModule,
    wanted: 'a folder with *.tf files',
  });
}

/** The modules below `infra` that lie beside the one that was found there: each may be a root module as well. */
export function otherModules(folder: string, found: string): string[] {
  if (!found.startsWith('infra/')) return [];
  return children(folder, 'infra').filter((path) => path !== found && isModule(resolve(folder, path)));
}

function isModule(path: string): boolean {
  return filesIn(path).some((name) => /\.(tf|tofu)(\.json)?$/.test(name));
}

/** The folder whose children are the environments' Kustomize overlays. */
export function overlaysIn(folder: string, given: string): string {
  const found = place(folder, {
    input: 'deploy',
    given,
    usual: ['deploy', 'k8s', 'kubernetes', 'manifests'],
    is: (path) => filesIn(join(path, 'overlays')).length > 0,
    wanted: "a folder with 'overlays/<environment>'",
  });
  return found === '' ? '' : `${found}/overlays`;
}

function place(folder: string, part: Part): string {
  if (part.given === 'none') return '';
  const found = (part.given === '' ? part.usual : [part.given]).find((path) => {
    const full = resolve(folder, path);
    return !relative(folder, full).startsWith('..') && part.is(full);
  });
  if (found !== undefined) return found.split(sep).join('/');
  if (part.given === '') return '';
  throw new ActionError(
    'missing-file',
    `The input '${part.input}' is '${part.given}'; it must be ${part.wanted} below the working directory.`,
    {
      remedy: `Correct the path, or leave the input out to look in the usual places (${part.usual.join(', ')}).`,
    },
  );
}

function children(folder: string, parent: string): string[] {
  return filesIn(join(folder, parent)).map((name) => `${parent}/${name}`);
}

function filesIn(path: string): string[] {
  return existsSync(path) && statSync(path).isDirectory() ? readdirSync(path).toSorted() : [];
}
