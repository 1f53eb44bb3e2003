import { annotation, DOMAIN, type KubeObject } from '../cluster/object.js';
import { hookOf, isForElse, type Occasion } from './hooks.js';

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
  /** Hooks have waves of their own, before and after those of what is deployed. */
  readonly phase: 'foundation' | 'before' | 'release' | 'after';
  readonly objects: readonly KubeObject[];
}

/** Middles of the ranges of numbers that hooks and waves have. */
const PRE_DEPLOY = -10_000;
const POST_DEPLOY = 10_000;
const WIDTH = 4_000;
/** Definitions and namespaces come before everything that may need them, hooks included. */
const FOUNDATION = -100_000;

/** Sorts objects into waves and, within each, by kind and name. Hooks for other occasions are left out. */
export function inWaves(objects: readonly KubeObject[], occasion: Occasion = 'upgrade'): Wave[] {
  const wanted = objects.filter((object) => isFoundation(object) || !isForElse(object, occasion));
  const byNumber = Map.groupBy(wanted, (object) => waveOf(object, occasion));
  return [...byNumber.entries()]
    .sort(([a], [b]) => a - b)
    .map(([number, members]) => ({ number, phase: phaseOf(number), objects: members.toSorted(byKind) }));
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

function waveOf(object: KubeObject, occasion: Occasion): number {
  if (isFoundation(object)) return FOUNDATION;
  const own = Number.parseInt(annotation(object, `${DOMAIN}/wave`), 10);
  if (!Number.isNaN(own)) return Math.max(-500, Math.min(500, own));
  const hook = hookOf(object, occasion);
  if (hook === undefined) return 0;
  const middle = hook.phase === 'before' ? PRE_DEPLOY : POST_DEPLOY;
  return middle + Math.max(-WIDTH, Math.min(WIDTH, hook.weight));
}

function phaseOf(number: number): Wave['phase'] {
  if (number === FOUNDATION) return 'foundation';
  if (number <= PRE_DEPLOY + WIDTH) return 'before';
  return number >= POST_DEPLOY - WIDTH ? 'after' : 'release';
}

function isFoundation({ kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition' || kind === 'Namespace';
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
