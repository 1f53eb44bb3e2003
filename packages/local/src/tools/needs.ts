import type { HostChoices } from '../host.js';
import type { PartName } from './recipe.js';
import { RECIPES } from './recipes.js';

/** What a caller wants to be able to do. */
export interface Wanted {
  readonly cluster: boolean;
  readonly builder: boolean;
  readonly services: boolean;
  /** Programs for the workflow and its actions, beside those that the services need. */
  readonly tools: readonly PartName[];
}

/** Everything that the demo and the end-to-end tests use. */
export const DEMO: Wanted = {
  cluster: true,
  builder: true,
  services: true,
  tools: ['kubectl', 'buildx', 'gitleaks', 'actionlint', 'act', 'hadolint', 'zizmor'],
};

/**
 * The parts to prepare, in the order to make them. Pure.
 * @param present programs that the machine already has at a version that serves; they are not prepared
 */
export function partsFor(choices: HostChoices, wanted: Wanted, present: ReadonlySet<PartName>): PartName[] {
  const needed = new Set<PartName>(wanted.tools);
  const oneNode = wanted.cluster && choices.cluster.provider === 'one-node';
  if (oneNode)
    for (const part of ['kernel-tools', 'node-services', 'kubernetes', 'pause'] as const) needed.add(part);
  // The Terraform provider comes with the same build, whoever runs the cluster.
  if (wanted.cluster) needed.add('kubernetes');
  if (wanted.services && choices.services.provider === 'debian') needed.add('node-services');
  if (wanted.builder && choices.builder.provider === 'buildkitd') {
    needed.add('buildkitd');
    needed.add('kernel-tools');
    needed.add('node-services');
  }
  return (Object.keys(RECIPES) as PartName[]).filter((part) => needed.has(part) && !present.has(part));
}
