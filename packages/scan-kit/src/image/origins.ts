import { list, position, string, type Tree, tree } from '../report.js';

/** What made a layer. */
export type Origin =
  | { readonly by: 'base-image'; readonly image: string }
  | { readonly by: 'dockerfile'; readonly line: number };

/**
 * Where each layer of an image comes from, by the layer's digest, as BuildKit tells in the provenance: a layer that a
 * source step already had is the base image's, any other is made by the Dockerfile's line. A layer that it does not
 * tell of is not in the map. Pure.
 *
 * Source: BuildKit's docs/attestations/slsa-definitions.md, `buildkit_metadata` (`layers`, `source.locations`) and
 * `internalParameters.buildConfig`, which `mode=max` gives.
 */
export function originsOf(statement: unknown): Map<string, Origin> {
  const predicate = tree(tree(statement).predicate);
  const config = tree(tree(tree(predicate.buildDefinition).internalParameters).buildConfig);
  const metadata = tree(tree(tree(predicate.runDetails).metadata).buildkit_metadata);
  const steps = new Map(
    list(config.llbDefinition)
      .map(tree)
      .map((step) => [string(step.id), step]),
  );
  const locations = tree(tree(metadata.source).locations);
  const origins = new Map<string, Origin>();
  // Each output lists all layers up to its own; the shortest list that a layer is in is that of the step that made it.
  const lists = Object.entries(tree(metadata.layers)).flatMap(([output, chains]) =>
    list(chains).map((chain) => ({ step: output.replace(/:\d+$/, ''), layers: list(chain) })),
  );
  for (const { step, layers } of lists.toSorted((a, b) => a.layers.length - b.layers.length)) {
    for (const layer of layers) {
      const digest = string(tree(layer).digest);
      if (!origins.has(digest)) origins.set(digest, originOf(steps.get(step), locations[step]));
    }
  }
  return origins;
}

function originOf(step: Tree | undefined, location: unknown): Origin {
  const source = tree(tree(tree(step?.op).Op).source);
  const identifier = string(source.identifier);
  if (identifier.startsWith('docker-image://'))
    return { by: 'base-image', image: identifier.slice('docker-image://'.length) };
  const [first] = list(tree(location).locations);
  const [range] = list(tree(first).ranges);
  return { by: 'dockerfile', line: position(tree(tree(range).start).line) };
}
