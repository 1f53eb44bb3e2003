import { at, list, string, tree } from '@fairway/action-kit/tree';
import { conditionOf, type KubeObject } from '../cluster/object.js';
import { wantsResources } from '../rollout/elsewhere.js';
import { labelsAt } from '../strategy/track.js';
import { allowedBy, budgetsFor, limitText } from './budget.js';
import { type Concern, numberOf, type Sizing } from './concern.js';
import { fittingNodes, HOST, ZONE, zoneOf } from './place.js';
import { withoutRequest } from './pod-size.js';

/** Budgets that let no pod go, so that every drain of a node hangs: an upgrade of the cluster stops there. Pure. */
export function budgetConcerns(sizings: readonly Sizing[], budgets: readonly KubeObject[]): Concern[] {
  return sizings.flatMap((sizing): Concern[] => {
    const { workload, label, least } = sizing;
    const labels = labelsAt(workload, 'spec', 'template', 'metadata', 'labels');
    const held = budgetsFor(budgets, labels, workload.metadata.namespace);
    if (least === 0) return [];
    if (held.length > 1) {
      const names = held.map(({ metadata }) => metadata.name).join(', ');
      return [
        {
          code: 'budgets-overlap',
          message: `${held.length} PodDisruptionBudgets hold for the pods of ${label} (${names}): Kubernetes then evicts none of them`,
          remedy: 'Keep one of them.',
        },
      ];
    }
    return held.flatMap((budget) =>
      allowedBy(budget, least) > 0
        ? []
        : {
            code: 'budget-blocks',
            message: `the PodDisruptionBudget ${budget.metadata.name} (${limitText(budget)}) lets no pod of ${label} go when it has its least, ${least} (${numberOf(sizing)}): a drain of its node hangs`,
            remedy:
              least === 1
                ? 'Run two pods at least, with  maxUnavailable: 1  in the PodDisruptionBudget.'
                : 'Let one go at a time:  spec.maxUnavailable: 1  in the PodDisruptionBudget.',
          },
    );
  });
}

/** Autoscalers that measure use as a share of a request that is not there. Pure. */
export function requestConcerns(sizings: readonly Sizing[], limitRanges: readonly KubeObject[]): Concern[] {
  return sizings.flatMap(({ scaler, workload, label }) => {
    const metrics = list(at(scaler, 'spec', 'metrics')).map(tree);
    return metrics.flatMap((metric): Concern[] => {
      const resource = string(at(metric, 'resource', 'name'));
      if (metric.type !== 'Resource' || at(metric, 'resource', 'target', 'type') !== 'Utilization') return [];
      const missing = withoutRequest(at(workload, 'spec', 'template', 'spec'), resource, limitRanges);
      if (missing.length === 0) return [];
      return [
        {
          code: 'no-request',
          message: `HorizontalPodAutoscaler ${scaler?.metadata.name} wants a share of the requested ${resource}, and the container ${missing.join(', ')} of ${label} requests none: it never scales`,
          remedy: `resources: { requests: { ${resource}: ${resource === 'cpu' ? '100m' : '128Mi'} } }`,
        },
      ];
    });
  });
}

/**
 * Autoscalers that get no metrics, as they say themselves. Pure.
 * @param servesMetrics whether the cluster has the API that CPU and memory come from; an autoscaler that has not looked
 * yet does not say so itself
 */
export function metricConcerns(scalers: readonly KubeObject[], servesMetrics: boolean): Concern[] {
  return scalers.flatMap((scaler): Concern[] => {
    const active = conditionOf(scaler, 'ScalingActive');
    const isBlind = active === undefined && !servesMetrics && wantsResources(scaler);
    if (!isBlind && (active?.status !== 'False' || active.reason === 'ScalingDisabled')) return [];
    const said = isBlind
      ? 'the cluster has no resource metrics API'
      : string(active?.message).replace(/\s+/g, ' ').slice(0, 300);
    return [
      {
        code: 'no-metrics',
        message: `HorizontalPodAutoscaler ${scaler.metadata.name} has no live metrics and does not scale: ${said}`,
        remedy: /metrics\.k8s\.io|resource metrics API/.test(said)
          ? 'See whether metrics-server runs:  kubectl get apiservice v1beta1.metrics.k8s.io'
          : 'Mend what the message names: the metric, its adapter, or the requests of the containers.',
      },
    ];
  });
}

/** Workloads whose pods are all in one place, although there are others. Pure. @param pods that are ready */
export function spreadConcerns(
  sizings: readonly Sizing[],
  pods: ReadonlyMap<Sizing, readonly KubeObject[]>,
  nodes: readonly KubeObject[],
): Concern[] {
  return sizings.flatMap((sizing) => {
    const own = pods.get(sizing) ?? [];
    const fitting = fittingNodes(at(sizing.workload, 'spec', 'template', 'spec'), nodes);
    if (own.length < 2 || sizing.least < 2) return [];
    const zones = new Map(fitting.map((node) => [node.metadata.name, zoneOf(node)]));
    const nodeOf = (pod: KubeObject) => string(at(pod, 'spec', 'nodeName'));
    return [
      ...together(
        sizing,
        'node',
        HOST,
        fitting.map(({ metadata }) => metadata.name),
        own.map(nodeOf),
      ),
      ...together(
        sizing,
        'zone',
        ZONE,
        [...zones.values()],
        own.map((pod) => zones.get(nodeOf(pod)) ?? ''),
      ),
    ];
  });
}

function together(
  sizing: Sizing,
  what: 'node' | 'zone',
  key: string,
  there: readonly string[],
  used: readonly string[],
): Concern[] {
  const [place = ''] = used;
  const places = new Set(there.filter((name) => name !== ''));
  if (place === '' || places.size < 2 || used.some((other) => other !== place)) return [];
  return [
    {
      code: `one-${what}`,
      message: `all ${used.length} pods of ${sizing.label} are on the ${what} ${place}, of ${places.size}: its loss is an outage`,
      remedy: `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ${key}, whenUnsatisfiable: ScheduleAnyway, labelSelector: … }]`,
    },
  ];
}
