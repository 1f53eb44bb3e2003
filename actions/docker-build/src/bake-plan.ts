import { dirname } from 'node:path';
import { type BuildPlan, outputSpec } from './build-plan.js';

/**
 * The argv of `buildx bake` for one target: what the action decides is laid over what the file says, and nothing else.
 * Source: docker docs, "docker buildx bake", `--set`. Pure.
 */
export function bakeArguments(plan: BuildPlan, target: string, files: readonly string[]): string[] {
  const set = (key: string, values: readonly string[]) =>
    values.flatMap((value) => ['--set', `${target}.${key}=${value}`]);
  const sbom = plan.sbomGenerator === '' ? '' : `,generator=${plan.sbomGenerator}`;
  return [
    'bake',
    '--progress=rawjson',
    ...(plan.builder ? ['--builder', plan.builder] : []),
    ...files.flatMap((file) => ['--file', file]),
    ...(plan.noCache ? ['--no-cache'] : []),
    ...(plan.pull ? ['--pull'] : []),
    ...[...plan.buildArgs].flatMap(([key, value]) => set(`args.${key}`, [value])),
    ...[...plan.labels].flatMap(([key, value]) => set(`labels.${key}`, [value])),
    ...set('annotations', plan.annotations),
    ...set('platform', plan.platforms.length > 0 ? [plan.platforms.join(',')] : []),
    ...set('cache-from', plan.cacheFrom),
    ...set('cache-to', plan.cacheTo),
    ...set(
      'attest',
      plan.provenance === 'false'
        ? ['type=provenance,disabled=true']
        : [`type=provenance,mode=${plan.provenance}`],
    ),
    ...set('attest', plan.sbom ? [`type=sbom${sbom}`] : []),
    ...set('tags', plan.references),
    ...set('output', [outputSpec(plan)]),
    // bake asks for each place outside of the working directory that it writes to; before it is there, for its parent.
    ...(plan.destination.kind === 'layout'
      ? ['--allow', `fs.write=${dirname(plan.destination.folder)}`]
      : []),
    ...(plan.localCache ? ['--allow', `fs=${plan.localCache.folder}`] : []),
    '--metadata-file',
    plan.metadataFile,
    target,
  ];
}
