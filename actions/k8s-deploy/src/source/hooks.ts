import { annotation, DOMAIN, type KubeObject } from '../cluster/object.js';

/** What happens to the release: charts have hooks for the one, for the other, or for both. */
export type Occasion = 'install' | 'upgrade';

/** An object that belongs to the act of deploying rather than to what is deployed. */
export interface Hook {
  readonly phase: 'before' | 'after';
  /** Lower ones come first. */
  readonly weight: number;
  /** Deleted when all hooks of its phase went well. One that failed stays, to be looked at. */
  readonly vanishes: boolean;
}

/** Kinds that do something and end, so that each deployment makes them anew and waits for their end. */
const RUNNING = new Set(['Job', 'Pod']);

/**
 * What kind of hook an object is on this occasion: by our own annotation, or by Helm's. An object may be one before an
 * upgrade and after an installation (a migration, where the chart brings the database itself).
 * Source of Helm's names: https://helm.sh/docs/topics/charts_hooks/
 * @returns undefined for plain objects, and for hooks of other occasions
 */
export function hookOf(object: KubeObject, occasion: Occasion): Hook | undefined {
  const weight = Number.parseInt(annotation(object, 'helm.sh/hook-weight'), 10) || 0;
  const vanishes = words(object, 'helm.sh/hook-delete-policy').includes('hook-succeeded');
  const own = annotation(object, `${DOMAIN}/hook`);
  if (own === 'pre-deploy') return { phase: 'before', weight, vanishes };
  if (own === 'post-deploy') return { phase: 'after', weight, vanishes };
  const events = words(object, 'helm.sh/hook');
  if (events.includes(`pre-${occasion}`)) return { phase: 'before', weight, vanishes };
  return events.includes(`post-${occasion}`) ? { phase: 'after', weight, vanishes } : undefined;
}

/** Whether it is a hook of any deployment. */
export function isHook(object: KubeObject): boolean {
  return hookOf(object, 'install') !== undefined || hookOf(object, 'upgrade') !== undefined;
}

/** Whether each deployment makes it anew and waits until it has ended: the Jobs and Pods among the hooks. */
export function runsAnew(object: KubeObject): boolean {
  return RUNNING.has(object.kind) && isHook(object);
}

/** Whether it is a hook, but for another occasion than this (also deletion, rollback, `helm test`). */
export function isForElse(object: KubeObject, occasion: Occasion): boolean {
  const isAny = words(object, 'helm.sh/hook').length > 0 || isHook(object);
  return isAny && hookOf(object, occasion) === undefined;
}

/** Whether `helm test` would run it. */
export function isChartTest(object: KubeObject): boolean {
  return words(object, 'helm.sh/hook').some((event) => event === 'test' || event === 'test-success');
}

/** A test of the chart as a hook after everything else, so that it is part of the verdict. */
export function asLastHook(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [`${DOMAIN}/hook`]: 'post-deploy' };
  const weight = String(LAST + (Number.parseInt(annotation(object, 'helm.sh/hook-weight'), 10) || 0));
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, 'helm.sh/hook-weight': weight } },
  };
}

/** A weight that is above those of a chart's hooks. */
const LAST = 1_000;

function words(object: KubeObject, name: string): string[] {
  return annotation(object, name)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
