import { at, list, number, string, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import { type Concern, numberOf, type Sizing } from './concern.js';
import { amounts, type PodSize, podSize } from './pod-size.js';
import { quantity, written } from './quantity.js';

/** The rules of a namespace that bound what its pods may ask for. */
export interface Bounds {
  readonly quotas: readonly KubeObject[];
  readonly limitRanges: readonly KubeObject[];
}

/**
 * Whether the workloads fit the namespace's quotas at their largest. Pure.
 * @param live the workloads as they are in the cluster: what they use now is in the quota's count already
 */
export function quotaConcerns(
  sizings: readonly Sizing[],
  live: ReadonlyMap<string, KubeObject>,
  bounds: Bounds,
): Concern[] {
  const claims = sizings.map((sizing) => {
    const before = live.get(sizing.label);
    const running = number(at(before, 'status', 'replicas'));
    return {
      sizing,
      size: podSize(at(sizing.workload, 'spec', 'template', 'spec'), bounds.limitRanges),
      used: { pods: running, size: podSize(at(before, 'spec', 'template', 'spec'), bounds.limitRanges) },
    };
  });
  return bounds.quotas.filter(isUnscoped).flatMap((quota) => {
    const used = tree(at(quota, 'status', 'used'));
    return Object.entries(tree(at(quota, 'spec', 'hard'))).flatMap(([key, text]): Concern[] => {
      const hard = quantity(text);
      const growing = claims.filter(({ size, sizing }) => shareOf(key, size) * sizing.most > 0);
      if (hard === undefined || growing.length === 0) return [];
      const asked = growing.reduce((sum, { size, sizing }) => sum + shareOf(key, size) * sizing.most, 0);
      const own = claims.reduce((sum, claim) => sum + shareOf(key, claim.used.size) * claim.used.pods, 0);
      const others = Math.max(0, (quantity(used[key]) ?? 0) - own);
      if (asked + others <= hard * (1 + 1e-9)) return [];
      const who = growing.map(({ sizing }) => `${numberOf(sizing)}: ${sizing.most} pods`).join(', ');
      const amount = (value: number) => written(key, value);
      return [
        {
          code: 'quota',
          message: `at its largest (${who}) the release asks for ${key} ${amount(asked)}; the ResourceQuota ${quota.metadata.name} has ${amount(hard)}, of which others use ${amount(others)}`,
          remedy: remedyFor(growing, key, hard - others, amount(asked + others)),
        },
      ];
    });
  });
}

/** Quotas for some pods only (by priority, by being best-effort) do not count these. */
function isUnscoped(quota: KubeObject): boolean {
  return list(at(quota, 'spec', 'scopes')).length === 0 && at(quota, 'spec', 'scopeSelector') === undefined;
}

/** What one pod takes of a quota's entry. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
function shareOf(key: string, { requests, limits }: PodSize): number {
  if (key === 'pods' || key === 'count/pods') return 1;
  if (key.startsWith('limits.')) return limits.get(key.slice('limits.'.length)) ?? 0;
  return requests.get(key.replace(/^requests\./, '')) ?? 0;
}

function remedyFor(
  growing: readonly { readonly sizing: Sizing; readonly size: PodSize }[],
  key: string,
  room: number,
  enough: string,
): string {
  const [only] = growing;
  const fits = only && growing.length === 1 ? Math.floor(room / shareOf(key, only.size)) : 0;
  const field = only?.sizing.scaler ? 'maxReplicas' : 'replicas';
  const smaller = fits > 0 ? `${field}: ${fits}` : `fewer pods, or a smaller request`;
  return `${smaller}  or raise the quota:  ${key}: "${enough}"`;
}

/** Containers that a LimitRange would refuse, at any number of pods. Pure. */
export function limitRangeConcerns(sizings: readonly Sizing[], { limitRanges }: Bounds): Concern[] {
  const rules = limitRanges.flatMap((range) =>
    list(at(range, 'spec', 'limits')).map((item) => ({ range: range.metadata.name, item: tree(item) })),
  );
  return sizings.flatMap(({ workload, label }) => {
    const spec = at(workload, 'spec', 'template', 'spec');
    const containers = list(at(spec, 'containers')).map(tree);
    return rules.flatMap(({ range, item }): Concern[] => {
      const subjects =
        item.type === 'Container'
          ? containers.map((container) => ({
              who: `container ${string(container.name)} of ${label}`,
              size: podSize({ containers: [container] }, limitRanges),
            }))
          : item.type === 'Pod'
            ? [{ who: `a pod of ${label}`, size: podSize(spec, limitRanges) }]
            : [];
      return subjects.flatMap(({ who, size }) => beyond(who, size, range, item));
    });
  });
}

function beyond(
  who: string,
  size: PodSize,
  range: string,
  item: Readonly<Record<string, unknown>>,
): Concern[] {
  const over = [...amounts(item.max)].flatMap(([resource, max]) => {
    const largest = Math.max(size.limits.get(resource) ?? 0, size.requests.get(resource) ?? 0);
    return largest > max
      ? [`${resource} ${written(resource, largest)}, at most ${written(resource, max)}`]
      : [];
  });
  const under = [...amounts(item.min)].flatMap(([resource, min]) => {
    const request = size.requests.get(resource);
    return request !== undefined && request < min
      ? [`${resource} ${written(resource, request)}, at least ${written(resource, min)}`]
      : [];
  });
  return [...over, ...under].map((words) => ({
    code: 'limit-range',
    message: `${who} does not keep to the LimitRange ${range} (${words}): its pods will be refused`,
    remedy: 'Mend resources.requests and resources.limits of the container, or the LimitRange.',
  }));
}
