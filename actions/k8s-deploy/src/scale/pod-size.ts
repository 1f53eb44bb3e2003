import { at, list, type Tree, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import { quantity } from './quantity.js';

/** What one pod asks for, and may use at most, by resource, in its unit (cores, bytes). */
export interface PodSize {
  readonly requests: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, number>;
}

/**
 * The size of a pod as the scheduler and the quota see it: its containers together, or its largest init container where
 * that is more; sidecars count with both.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podSize(podSpec: unknown, limitRanges: readonly KubeObject[]): PodSize {
  const defaults = defaultsOf(limitRanges);
  return {
    requests: total(podSpec, (container) => requestsOf(container, defaults)),
    limits: total(podSpec, (container) => limitsOf(container, defaults)),
  };
}

type Amounts = ReadonlyMap<string, number>;

function total(podSpec: unknown, of: (container: Tree) => Amounts): Amounts {
  const inits = list(at(podSpec, 'initContainers')).map(tree);
  const isSidecar = ({ restartPolicy }: Tree) => restartPolicy === 'Always';
  const sidecars = inits.filter(isSidecar).map(of);
  const running = sum([
    ...list(at(podSpec, 'containers')).map((container) => of(tree(container))),
    ...sidecars,
  ]);
  const starting = inits.filter((init) => !isSidecar(init)).map((init) => sum([of(init), ...sidecars]));
  const largest = starting.reduce(most, running);
  return sum([largest, amounts(at(podSpec, 'overhead'))]);
}

interface Defaults {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** A container that says nothing gets what the namespace's LimitRanges say. */
function defaultsOf(limitRanges: readonly KubeObject[]): Defaults {
  const items = limitRanges
    .flatMap((range) => list(at(range, 'spec', 'limits')).map(tree))
    .filter(({ type }) => type === 'Container');
  const merged = (field: string) => new Map(items.flatMap((item) => [...amounts(item[field])]));
  return { requests: merged('defaultRequest'), limits: merged('default') };
}

export function limitsOf(container: Tree, defaults: Defaults): Amounts {
  return new Map([...defaults.limits, ...amounts(at(container, 'resources', 'limits'))]);
}

/** A request that is not written is the limit that is, and only then the namespace's default. */
function requestsOf(container: Tree, defaults: Defaults): Amounts {
  return new Map([
    ...defaults.limits,
    ...defaults.requests,
    ...amounts(at(container, 'resources', 'limits')),
    ...amounts(at(container, 'resources', 'requests')),
  ]);
}

/** Containers (no init containers) for which a request is known neither from themselves nor from a default. */
export function withoutRequest(
  podSpec: unknown,
  resource: string,
  limitRanges: readonly KubeObject[],
): string[] {
  const defaults = defaultsOf(limitRanges);
  return list(at(podSpec, 'containers'))
    .map(tree)
    .filter((container) => !requestsOf(container, defaults).has(resource))
    .map(({ name }) => String(name));
}

/** `{cpu: 100m}` as numbers; what is no quantity is left out. */
export function amounts(value: unknown): Map<string, number> {
  const entries = Object.entries(tree(value)).flatMap(([resource, text]) => {
    const amount = quantity(text);
    return amount === undefined ? [] : [[resource, amount] as const];
  });
  return new Map(entries);
}

function sum(all: readonly Amounts[]): Amounts {
  const result = new Map<string, number>();
  for (const one of all) {
    for (const [resource, amount] of one) result.set(resource, (result.get(resource) ?? 0) + amount);
  }
  return result;
}

function most(a: Amounts, b: Amounts): Amounts {
  const result = new Map(a);
  for (const [resource, amount] of b) result.set(resource, Math.max(amount, result.get(resource) ?? 0));
  return result;
}
