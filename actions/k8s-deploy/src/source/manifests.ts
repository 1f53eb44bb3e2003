import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import type { KubeObject } from '../cluster/object.js';
import { readObjects, SOURCE_BYTES } from './documents.js';

const MANIFEST = /\.(ya?ml|json)$/i;
/** Files that stand among manifests and are none. */
const OTHER = /^(kustomization\.ya?ml|Kustomization|Chart\.yaml|values.*\.ya?ml)$/;

/**
 * Reads manifest files and folders (recursively, in the order of their names).
 * @throws ActionError 'missing-file', 'bad-input' for a path outside the workspace, 'bad-manifest'
 */
export async function readManifests(paths: readonly string[], workspace: string): Promise<KubeObject[]> {
  const root = await realpath(workspace);
  const files: string[] = [];
  for (const path of paths) files.push(...(await manifestFiles(resolve(root, path), path, root)));
  const objects: KubeObject[] = [];
  for (const file of files) {
    if ((await stat(file)).size > SOURCE_BYTES) throw tooLarge(relative(root, file));
    objects.push(...(await readObjects(await readFile(file, 'utf8'), relative(root, file))));
  }
  return objects;
}

async function manifestFiles(path: string, given: string, root: string): Promise<string[]> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) {
    throw new ActionError('missing-file', `The input 'manifests' names '${given}', and nothing is there.`, {
      remedy:
        "Check the spelling, that the path counts from the repository's root, and that actions/checkout ran.",
    });
  }
  // A manifest of a pull request may be a link to a secret of the runner.
  if (real !== root && !real.startsWith(root + sep)) {
    throw new ActionError('bad-input', `The input 'manifests' leads out of the workspace with '${given}'.`, {
      remedy:
        'Copy the file into the repository, or check the other repository out into a folder of this workspace.',
    });
  }
  if (!(await stat(real)).isDirectory()) return [real];
  const entries = await readdir(real, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && MANIFEST.test(entry.name) && !OTHER.test(entry.name))
    .map((entry) => resolve(entry.parentPath, entry.name))
    .sort();
  if (files.length > 0) return files;
  throw new ActionError('missing-file', `The folder '${given}' holds no .yaml, .yml or .json manifest.`, {
    remedy:
      "Name the folder with the manifests. For a kustomization use 'kustomize:', for a chart 'helm-chart:'.",
  });
}

function tooLarge(path: string): ActionError {
  return new ActionError('bad-manifest', `${path} is larger than ${SOURCE_BYTES / 1024 / 1024} MiB.`, {
    remedy: 'Take it out of the folder; no API server takes an object of that size.',
  });
}
