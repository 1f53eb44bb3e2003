import { relative } from 'node:path';
import { runOrThrow, which } from '@fairway/exec-kit';
import type { KubeObject } from '../cluster/object.js';
import type { Sources } from '../inputs.js';
import { readObjects, SOURCE_BYTES } from './documents.js';

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
  return readObjects(result.stdout, `kustomize ${relative(workspace, folder)}`);
}

/** The argv of `helm template`. Tests of the chart are for `helm test`, not for a release. */
export function helmArguments(helm: NonNullable<Sources['helm']>, namespace: string): string[] {
  const values = helm.values.flatMap((file) => ['--values', file]);
  return [
    'template',
    helm.release,
    helm.chart,
    '--namespace',
    namespace,
    '--include-crds',
    '--skip-tests',
    ...values,
  ];
}

export async function renderHelm(
  helm: NonNullable<Sources['helm']>,
  namespace: string,
  workspace: string,
): Promise<KubeObject[]> {
  const result = await runOrThrow('helm', helmArguments(helm, namespace), {
    cwd: workspace,
    show: 'never',
    captureBytes: SOURCE_BYTES,
    timeoutMs: 300_000,
    title: `helm template ${helm.chart}`,
    remedy: `Run 'helm template ${helm.release} ${helm.chart}' by hand with the same values: Helm names the template and the line. A chart from a registry needs 'helm registry login' before this step.`,
  });
  return readObjects(result.stdout, `chart ${helm.chart}`);
}
