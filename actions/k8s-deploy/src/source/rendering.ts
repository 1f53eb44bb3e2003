import { relative } from 'node:path';
import { runOrThrow, which } from '@fairway/exec-kit';
import type { KubeObject } from '../cluster/object.js';
import { readObjects, SOURCE_BYTES, wholeOutput } from './documents.js';

/** Renders a kustomization with kustomize itself, or the one inside kubectl. */
export async function renderKustomize(folder: string, workspace: string): Promise<KubeObject[]> {
  const alone = await which('kustomize');
  const [tool, args] = alone ? ['kustomize', ['build', folder]] : ['kubectl', ['kustomize', folder]];
  const result = await runOrThrow(tool, args, {
    show: 'never',
    captureBytes: SOURCE_BYTES,
    timeoutMs: 120_000,
    remedy: `Run '${tool} ${args[0]} ${relative(workspace, folder)}' by hand: it says which file it misses or cannot read.`,
  });
  const origin = `kustomize ${relative(workspace, folder)}`;
  return readObjects(wholeOutput(result, origin), origin);
}
