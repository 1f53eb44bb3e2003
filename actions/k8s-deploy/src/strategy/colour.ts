import { at, number, string, tree } from '@fairway/action-kit/tree';
import { annotation, DOMAIN, groupOf, type KubeObject } from '../cluster/object.js';
import { isSameRelease } from '../release/pending.js';
import { candidateOf, forbidsTwo, nameBeside } from './candidate.js';
import { cannotRunTwice, served } from './subjects.js';
import { labelsAt, TRACK, trackOf } from './track.js';

/** On a coloured Deployment: the name that the manifests give it. */
export const COLOUR_OF = `${DOMAIN}/colour-of`;

export function colourOf(revision: number): string {
  return `r${revision}`;
}

/**
 * A release in its own colour, for blue-green: each Deployment that Services reach gets a name and a label of this
 * revision; its Services select that label, one wave later, so that they turn to the new pods only when those are
 * ready, on the way forward and on the way back alike; autoscalers follow the name. Everything else stays as it is.
 * @throws ActionError 'bad-manifest' for a Deployment whose own strategy forbids two versions at once
 */
export function coloured(objects: readonly KubeObject[], track: string): KubeObject[] {
  const pairs = served(objects);
  const deployments = new Set(pairs.map(({ deployment }) => deployment));
  const waves = new Map<KubeObject, number>();
  for (const { deployment, services } of pairs) {
    if (forbidsTwo(deployment)) throw cannotRunTwice(deployment);
    const after = waveOf(deployment) + 1;
    for (const service of services)
      waves.set(service, Math.max(after, waves.get(service) ?? waveOf(service)));
  }
  return objects.map((object) => {
    if (deployments.has(object)) return paint(object, track);
    const wave = waves.get(object);
    if (wave !== undefined) return turnTo(object, track, wave);
    return retarget(object, [...deployments], track);
  });
}

/** Whether every Deployment that {@link coloured} would paint may run in two versions at once. */
export function canHaveColour(objects: readonly KubeObject[]): boolean {
  return served(objects).every(({ deployment }) => !forbidsTwo(deployment));
}

function paint(deployment: KubeObject, track: string): KubeObject {
  const { name } = deployment.metadata;
  return withAnnotation(candidateOf(deployment, nameBeside(name, track), track), COLOUR_OF, name);
}

function turnTo(service: KubeObject, track: string, wave: number): KubeObject {
  const selector = { ...labelsAt(service, 'spec', 'selector'), [TRACK]: track };
  const turned = { ...service, spec: { ...tree(service.spec), selector } };
  return inWave(turned, wave);
}

/**
 * An autoscaler follows the name, and turns when the Service does: a colour without requests would look idle to it.
 * `scaleTargetRef` is the word of HorizontalPodAutoscaler and of KEDA, `targetRef` that of VerticalPodAutoscaler.
 */
function retarget(object: KubeObject, deployments: readonly KubeObject[], track: string): KubeObject {
  for (const field of ['scaleTargetRef', 'targetRef']) {
    const target = tree(at(object, 'spec', field));
    const isDeployment = (target.kind ?? 'Deployment') === 'Deployment';
    if (!isDeployment || groupOf(string(target.apiVersion) || 'apps/v1') !== 'apps') continue;
    const hit = deployments.find(
      ({ metadata }) => metadata.name === target.name && metadata.namespace === object.metadata.namespace,
    );
    if (!hit) continue;
    const name = nameBeside(hit.metadata.name, track);
    const turned = { ...object, spec: { ...tree(object.spec), [field]: { ...target, name } } };
    return inWave(turned, Math.max(waveOf(object), waveOf(hit) + 1));
  }
  return object;
}

/** The fewest replicas that an autoscaler of the release leaves a Deployment; 0 where there is none. */
export function leastReplicas(deployment: KubeObject, objects: readonly KubeObject[]): number {
  const scaler = objects.find(
    (object) =>
      object.kind === 'HorizontalPodAutoscaler' &&
      at(object, 'spec', 'scaleTargetRef', 'kind') === 'Deployment' &&
      at(object, 'spec', 'scaleTargetRef', 'name') === deployment.metadata.name &&
      object.metadata.namespace === deployment.metadata.namespace,
  );
  return scaler ? number(at(scaler, 'spec', 'minReplicas'), 1) : 0;
}

/** Whether two Deployments are versions of one thing, whatever colours they have. */
export function isSameThing(a: KubeObject, b: KubeObject): boolean {
  const base = (object: KubeObject) => annotation(object, COLOUR_OF) || object.metadata.name;
  return a.kind === b.kind && base(a) === base(b) && a.metadata.namespace === b.metadata.namespace;
}

/** The colour of a release; empty where it has none. */
export function colourIn(objects: readonly KubeObject[]): string {
  const painted = objects.find((object) => annotation(object, COLOUR_OF) !== '');
  return painted ? trackOf(painted) : '';
}

/**
 * The new release in its colour: in the one that serves where it is the same release again, else in a new one.
 * @param before the last good release
 */
export function inItsColour(
  objects: readonly KubeObject[],
  before: readonly KubeObject[],
  revision: number,
): KubeObject[] {
  const present = colourIn(before);
  const again = present === '' ? [] : coloured(objects, present);
  return present !== '' && isSameRelease(again, before) ? again : coloured(objects, colourOf(revision));
}

function waveOf(object: KubeObject): number {
  return Number.parseInt(annotation(object, `${DOMAIN}/wave`), 10) || 0;
}

function inWave(object: KubeObject, wave: number): KubeObject {
  return withAnnotation(object, `${DOMAIN}/wave`, String(Math.min(500, wave)));
}

function withAnnotation(object: KubeObject, name: string, value: string): KubeObject {
  const annotations = { ...object.metadata.annotations, [name]: value };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
