import { ActionError } from '@fairway/action-kit';
import { at, list, number, string, tree } from '@fairway/action-kit/tree';
import { annotation, DOMAIN, type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import { forbidsTwo } from './candidate.js';
import { labelsAt, selects } from './track.js';

/** A Deployment whose new version is tried beside the stable one, and the Services through which both are reached. */
export interface Subject {
  readonly deployment: KubeObject;
  /** As the cluster has it; its pods are the stable version. */
  readonly stable: KubeObject;
  readonly services: readonly KubeObject[];
}

/**
 * The Deployments of a release that a canary makes sense for: requests reach them through a Service, a stable version
 * runs, and their pods would change. What nobody sends requests to gets no share of them, and is rolled out with the
 * rest; so is what carries the annotation fairway-ci.github.io/strategy: rolling.
 * @param before the last good release; what it says of a Deployment is compared with what the new one says
 * @throws ActionError 'bad-manifest' for a Deployment whose own strategy forbids two versions at once
 */
export function canarySubjects(
  objects: readonly KubeObject[],
  before: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Subject[] {
  const earlier = new Map(before.map((object) => [keyOf(object), object]));
  return served(objects).flatMap(({ deployment, services }) => {
    const stable = live.get(keyOf(deployment));
    if (stable === undefined || !isRunning(stable)) return [];
    if (isSamePod(deployment, earlier.get(keyOf(deployment)))) return [];
    if (forbidsTwo(deployment)) throw cannotRunTwice(deployment);
    return [{ deployment, stable, services }];
  });
}

/** Deployments with the Services that select their pods, without those that opt out. */
export function served(
  objects: readonly KubeObject[],
): { readonly deployment: KubeObject; readonly services: readonly KubeObject[] }[] {
  const services = objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1');
  return objects.filter(isDeployment).flatMap((deployment) => {
    const labels = labelsAt(deployment, 'spec', 'template', 'metadata', 'labels');
    const found = services.filter(
      (service) =>
        service.metadata.namespace === deployment.metadata.namespace &&
        selects(labelsAt(service, 'spec', 'selector'), labels),
    );
    const isOut = annotation(deployment, `${DOMAIN}/strategy`) === 'rolling';
    return found.length === 0 || isOut ? [] : [{ deployment, services: found }];
  });
}

export function isDeployment({ kind, apiVersion }: KubeObject): boolean {
  return kind === 'Deployment' && apiVersion === 'apps/v1';
}

function isRunning(stable: KubeObject): boolean {
  return number(at(stable, 'spec', 'replicas'), 1) > 0 && number(at(stable, 'status', 'readyReplicas')) > 0;
}

function isSamePod(deployment: KubeObject, before: KubeObject | undefined): boolean {
  if (before === undefined) return false;
  return (
    JSON.stringify(at(deployment, 'spec', 'template')) === JSON.stringify(at(before, 'spec', 'template'))
  );
}

export function cannotRunTwice(deployment: KubeObject): ActionError {
  return new ActionError(
    'bad-manifest',
    `${labelOf(deployment)} has spec.strategy.type Recreate, which says that two versions must not run at once; a canary or a second colour is just that.`,
    {
      remedy: `Use 'strategy: rolling', change the Deployment to RollingUpdate, or give it the annotation  ${DOMAIN}/strategy: rolling  to leave it out.`,
    },
  );
}

/**
 * ConfigMaps and Secrets that a Deployment reads under a name that stays while their content changes: the version on
 * trial would run with the old content, because changing it would change the stable version.
 */
export function changedInPlace(
  deployment: KubeObject,
  objects: readonly KubeObject[],
  before: readonly KubeObject[],
): KubeObject[] {
  const earlier = new Map(before.map((object) => [keyOf(object), object]));
  const read = settingsOf(at(deployment, 'spec', 'template', 'spec'));
  return objects.filter((object) => {
    const old = earlier.get(keyOf(object));
    const isRead = read.has(`${object.kind}/${object.metadata.name}`);
    const { metadata: _a, ...now } = object;
    const { metadata: _b, ...then } = old ?? { metadata: undefined };
    return isRead && old !== undefined && JSON.stringify(now) !== JSON.stringify(then);
  });
}

/** `ConfigMap/app-settings`, `Secret/app-store`: everything a PodSpec refers to by name. */
function settingsOf(value: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (inner: unknown, key: string) => {
    const name = string(tree(inner).name);
    if (/^configMap(Ref|KeyRef)?$/.test(key)) found.add(`ConfigMap/${name}`);
    if (/^secret(Ref|KeyRef)?$/.test(key)) found.add(`Secret/${string(tree(inner).secretName) || name}`);
    for (const item of list(inner)) visit(item, key === 'sources' ? '' : key);
    for (const [child, item] of Object.entries(tree(inner))) visit(item, child);
  };
  visit(value, '');
  return found;
}
