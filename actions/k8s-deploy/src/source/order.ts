import { annotation, DOMAIN, type KubeObject } from '../cluster/object.js';

/**
 * The order of kinds within a wave: what others refer to comes first.
 * Source: Helm's InstallOrder (helm/helm, pkg/release/v1/util/kind_sorter.go), without kinds that are gone.
 */
const KINDS = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

const WORKLOADS = { from: KINDS.indexOf('DaemonSet'), to: KINDS.indexOf('CronJob') };

/** Objects that are applied together; a later wave begins when all of this one is ready. */
export interface Wave {
  readonly number: number;
  readonly objects: readonly KubeObject[];
}

const PRE_DEPLOY = -1_000;
const POST_DEPLOY = 1_000;
/** Definitions and namespaces come before everything that may need them, hooks included. */
const FOUNDATION = -10_000;

/** Sorts objects into waves and, within each, by kind and name. */
export function inWaves(objects: readonly KubeObject[]): Wave[] {
  const byNumber = Map.groupBy(objects.filter(isWanted), waveOf);
  return [...byNumber.entries()]
    .sort(([a], [b]) => a - b)
    .map(([number, members]) => ({ number, objects: members.toSorted(byKind) }));
}

/**
 * Splits a wave into what has to be there before pods are made (their settings, accounts and services), the workloads,
 * and what looks at workloads. Members of a tier do not need each other.
 */
export function inTiers(objects: readonly KubeObject[]): KubeObject[][] {
  const tier = ({ kind }: KubeObject) =>
    rank(kind) < WORKLOADS.from ? 0 : rank(kind) <= WORKLOADS.to ? 1 : 2;
  return [0, 1, 2]
    .map((number) => objects.filter((object) => tier(object) === number))
    .filter((members) => members.length > 0);
}

/** A job that runs anew at each deployment, before or after the rest: Helm's hooks, or our own annotation. */
export function isHook(object: KubeObject): boolean {
  return object.kind === 'Job' && hookOf(object) !== '';
}

function waveOf(object: KubeObject): number {
  if (object.kind === 'CustomResourceDefinition' || object.kind === 'Namespace') return FOUNDATION;
  const own = Number.parseInt(annotation(object, `${DOMAIN}/wave`), 10);
  if (!Number.isNaN(own)) return Math.max(-500, Math.min(500, own));
  const hook = hookOf(object);
  if (hook === '') return 0;
  const weight = Number.parseInt(annotation(object, 'helm.sh/hook-weight'), 10) || 0;
  return (hook.startsWith('pre-') ? PRE_DEPLOY : POST_DEPLOY) + Math.max(-400, Math.min(400, weight));
}

/** `pre-deploy`, `post-deploy`, or empty. Source of Helm's names: https://helm.sh/docs/topics/charts_hooks/ */
function hookOf(object: KubeObject): string {
  const own = annotation(object, `${DOMAIN}/hook`);
  if (own === 'pre-deploy' || own === 'post-deploy') return own;
  const names = annotation(object, 'helm.sh/hook').split(',');
  if (names.some((name) => /^pre-(install|upgrade)$/.test(name.trim()))) return 'pre-deploy';
  return names.some((name) => /^post-(install|upgrade)$/.test(name.trim())) ? 'post-deploy' : '';
}

/** Hooks for other occasions (delete, rollback, test) are no part of a deployment. */
function isWanted(object: KubeObject): boolean {
  return (
    annotation(object, 'helm.sh/hook') === '' ||
    hookOf(object) !== '' ||
    object.kind === 'CustomResourceDefinition'
  );
}

function byKind(a: KubeObject, b: KubeObject): number {
  return (
    rank(a.kind) - rank(b.kind) ||
    a.kind.localeCompare(b.kind) ||
    a.metadata.name.localeCompare(b.metadata.name)
  );
}

function rank(kind: string): number {
  const index = KINDS.indexOf(kind);
  return index < 0 ? KINDS.length : index;
}
