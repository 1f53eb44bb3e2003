import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import {
  foreignDifferences,
  type OwnRepository,
  type RewrittenLine,
  rewriteOwnReferences,
} from './own-references.js';

/** A copy of what GitHub would serve of this repository: the workflows, and each action's action.yml and bundle. */
export interface StagedCopy {
  readonly folder: string;
  readonly repository: OwnRepository;
  readonly rewritten: readonly RewrittenLine[];
  /** The YAML files of the copy, relative to its folder. */
  readonly definitions: readonly string[];
}

/**
 * Lays the copy out and proves that it differs from its source in own references only.
 * @throws ActionError 'staging-differs', or 'not-built' when an action has no bundle
 */
export async function stageOwnRepository(
  source: string,
  folder: string,
  repository: OwnRepository,
): Promise<StagedCopy> {
  const definitions: string[] = [];
  const rewritten: RewrittenLine[] = [];
  const stage = async (file: string) => {
    const result = rewriteOwnReferences(file, await readFile(join(source, file), 'utf8'), repository);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), result.text);
    definitions.push(file);
    rewritten.push(...result.rewritten);
  };
  for (const name of await readdir(join(source, '.github/workflows'))) {
    if (/\.ya?ml$/.test(name)) await stage(join('.github/workflows', name));
  }
  for (const action of await readdir(join(source, 'actions'))) {
    const definition = join('actions', action, 'action.yml');
    if (!(await exists(join(source, definition)))) continue;
    await stage(definition);
    if (await isBundled(join(source, definition)))
      await stageBundle(source, folder, join('actions', action, 'dist'));
  }
  await proveNothingElseChanged(source, folder, definitions, repository);
  return { folder, repository, rewritten, definitions };
}

/** A composite action has no bundle. */
async function isBundled(definition: string): Promise<boolean> {
  return /\busing:\s*["']?node/.test(await readFile(definition, 'utf8'));
}

async function stageBundle(source: string, folder: string, bundle: string): Promise<void> {
  if (!(await exists(join(source, bundle)))) {
    throw new ActionError('not-built', `${bundle} does not exist: the action has not been bundled.`, {
      remedy: 'Build first:  npm run build',
    });
  }
  await cp(join(source, bundle), join(folder, bundle), {
    recursive: true,
    filter: (path) => !path.endsWith('licenses.txt'),
  });
}

async function proveNothingElseChanged(
  source: string,
  folder: string,
  files: readonly string[],
  repository: OwnRepository,
): Promise<void> {
  const differences: string[] = [];
  for (const file of files) {
    const [before, after] = await Promise.all(
      [source, folder].map((root) => readFile(join(root, file), 'utf8')),
    );
    differences.push(...foreignDifferences(file, before ?? '', after ?? '', repository));
  }
  if (differences.length > 0) {
    throw new ActionError(
      'staging-differs',
      `The staged copy is not what GitHub would run:\n${differences.join('\n')}`,
      {
        remedy: 'Only `uses: $/…` may be rewritten; see packages/local/src/engine/own-references.ts.',
      },
    );
  }
}

/** Whether there is something at a path. */
export async function exists(path: string): Promise<boolean> {
  return readdir(dirname(path)).then(
    (names) => names.includes(relative(dirname(path), path)),
    () => false,
  );
}
