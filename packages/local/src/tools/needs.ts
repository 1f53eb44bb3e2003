import { ActionError } from '@fairway/action-kit';
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
  // These become parts of our own cluster only: as processes of the node, they reach its kubelet and its pods.
  if (!oneNode) for (const part of ['metrics-server', 'traefik'] as const) needed.delete(part);
  if (oneNode)
    for (const part of ['kernel-tools', 'node-services', 'kubernetes', 'pause'] as const) needed.add(part);
  // The Terraform provider comes with the same build, whoever runs the cluster.
  if (wanted.cluster) needed.add('kubernetes');
  if (wanted.services && choices.services.provider === 'debian') needed.add('node-services');
  if (wanted.builder && choices.builder.provider === 'buildkitd') {
    needed.add('buildkitd');
    needed.add('syft');
    needed.add('pause');
    needed.add('kernel-tools');
    needed.add('node-services');
  }
  return (Object.keys(RECIPES) as PartName[]).filter((part) => needed.has(part) && !present.has(part));
}

/**
 * What has to be on the machine before anything is made, said before anybody waits. Pure.
 * @throws ActionError 'tool-missing' naming the program and where it comes from
 */
export function checkMakers(
  parts: readonly PartName[],
  maker: { readonly go: boolean; readonly pip: boolean },
): void {
  const made = (how: string) => parts.filter((part) => RECIPES[part].source.how.startsWith(how));
  const refuse = (program: string, names: readonly string[], remedy: string) => {
    throw new ActionError(
      'tool-missing',
      `${program} is not on PATH, and ${names.join(', ')} are made with it.`,
      {
        remedy,
      },
    );
  };
  if (!maker.go && made('go-').length > 0)
    refuse('go', made('go-'), 'Install Go 1.26 or later: https://go.dev/dl');
  if (!maker.pip && made('wheel').length > 0)
    refuse('pip3', made('wheel'), 'Install pip (Debian: apt-get install python3-pip).');
}
