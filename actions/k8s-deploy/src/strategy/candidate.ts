import { at, list, string, tree } from '@fairway/action-kit/tree';
import { DOMAIN, type KubeObject, type Metadata } from '../cluster/object.js';
import { CANARY, labelsAt, TRACK } from './track.js';

/** The name of a Deployment or Service on trial. A DNS label holds 63 characters. */
export function nameBeside(name: string, suffix: string): string {
  return `${name.slice(0, 62 - suffix.length)}-${suffix}`;
}

/**
 * A second Deployment of the new version: the pods have every label of the stable ones, so that the same Services,
 * budgets and policies find them, and the track on top, by which this Deployment finds its own. Pods belong to the
 * Deployment that owns them, so that the wider selector of the stable one takes none of them.
 */
export function candidateOf(
  deployment: KubeObject,
  name: string,
  track: string,
  replicas?: number,
): KubeObject {
  const spec = tree(deployment.spec);
  const selector = tree(spec.selector);
  const template = tree(spec.template);
  return {
    ...deployment,
    metadata: { ...tracked(deployment.metadata, track), name },
    spec: {
      ...spec,
      ...(replicas !== undefined && { replicas }),
      selector: { ...selector, matchLabels: { ...labelsAt(selector, 'matchLabels'), [TRACK]: track } },
      template: {
        ...template,
        metadata: {
          ...tree(template.metadata),
          labels: { ...labelsAt(template, 'metadata', 'labels'), [TRACK]: track },
        },
      },
    },
  };
}

export function canaryOf(deployment: KubeObject, replicas: number): KubeObject {
  return candidateOf(deployment, nameBeside(deployment.metadata.name, CANARY), CANARY, replicas);
}

/**
 * A Service beside one of the release's that reaches only the version on trial, inside the cluster and nowhere else:
 * without the annotations by which load balancers and name servers would take it for a public one.
 */
export function previewOf(service: KubeObject, track: string): KubeObject {
  const { annotations: _public, ...metadata } = tracked(service.metadata, track);
  const ports = list(at(service, 'spec', 'ports')).map((port) => {
    const { nodePort: _node, ...rest } = tree(port);
    return rest;
  });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, name: previewName(service.metadata.name) },
    spec: {
      type: 'ClusterIP',
      ports,
      selector: { ...labelsAt(service, 'spec', 'selector'), [TRACK]: track },
    },
  };
}

export function previewName(service: string): string {
  return nameBeside(service, 'preview');
}

/** What keeps an object from being deleted is meant for the stable one: a version on trial has to be able to go. */
const STABLE_ONLY = new Set([`${DOMAIN}/protect`, 'helm.sh/resource-policy']);

function tracked(metadata: Metadata, track: string): Metadata {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !STABLE_ONLY.has(key));
  return {
    ...metadata,
    labels: { ...metadata.labels, [TRACK]: track },
    annotations: Object.fromEntries(annotations),
  };
}

/** Whether two versions may run beside each other at all: the manifest's own word. */
export function forbidsTwo(deployment: KubeObject): boolean {
  return string(at(deployment, 'spec', 'strategy', 'type')) === 'Recreate';
}
