import { ActionError, warning } from '@fairway/action-kit';
import { conditionOf, type KubeObject, keyOf, labelOf, refOf } from '../cluster/object.js';
import type { RolloutFailure } from '../release/roll-out.js';
import { servesMetrics } from '../rollout/elsewhere.js';
import type { Site } from '../site.js';
import { type Concern, type Sizing, sizingsOf } from './concern.js';
import { readyPods, seen } from './look.js';
import { limitRangeConcerns, quotaConcerns } from './quota.js';
import { roomConcerns } from './room.js';
import { budgetConcerns, metricConcerns, requestConcerns, spreadConcerns } from './survival.js';

/**
 * What can be known before anything changes: whether the release's workloads, at their largest, fit quota and nodes,
 * and whether their least survives drains and lost places.
 * @param live what is in the cluster now, by key
 * @throws ActionError 'scale-check' where the input `scale-checks` is `fail`
 */
export async function checkScaleBefore(
  site: Site,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Promise<Concern[]> {
  const sizings = sizingsOf(objects);
  if (sizings.length === 0) return [];
  const { client, namespace } = site;
  const [quotas = [], limitRanges = [], budgets = [], nodes = []] = await Promise.all([
    seen(client, 'v1', 'ResourceQuota', namespace),
    seen(client, 'v1', 'LimitRange', namespace),
    seen(client, 'policy/v1', 'PodDisruptionBudget', namespace),
    seen(client, 'v1', 'Node', undefined),
  ]);
  const now = new Map([...live.values()].map((object) => [labelOf(object), object]));
  const concerns = [
    ...quotaConcerns(sizings, now, { quotas: withNew(quotas, objects, 'ResourceQuota'), limitRanges }),
    ...limitRangeConcerns(sizings, { quotas, limitRanges: withNew(limitRanges, objects, 'LimitRange') }),
    ...roomConcerns(sizings, nodes, limitRanges),
    ...budgetConcerns(sizings, withNew(budgets, objects, 'PodDisruptionBudget')),
    ...requestConcerns(sizings, limitRanges),
  ];
  const [first] = concerns;
  if (first && site.inputs.scaleChecks === 'fail') {
    throw new ActionError('scale-check', `${capital(first.message)}. Nothing was changed.`, {
      remedy: concerns.map(({ remedy }) => remedy).join('\n'),
    });
  }
  for (const { message, remedy } of concerns) tell(message, remedy);
  return concerns;
}

/** What is in the cluster, and what this release puts in its place. */
function withNew(there: readonly KubeObject[], objects: readonly KubeObject[], kind: string): KubeObject[] {
  const fresh = new Map(
    objects.filter((object) => object.kind === kind).map((object) => [keyOf(object), object]),
  );
  const kept = there.map((object) => {
    const replacement = fresh.get(keyOf(object));
    fresh.delete(keyOf(object));
    return replacement ? { ...object, spec: replacement.spec } : object;
  });
  return [...kept, ...fresh.values()];
}

/**
 * What shows only when the release runs: autoscalers without live metrics, and pods that all stand in one place.
 * @returns with `scale-checks: fail` why the release is bad
 */
export async function checkScaleAfter(
  site: Site,
  objects: readonly KubeObject[],
): Promise<{ readonly concerns: Concern[]; readonly failure: RolloutFailure | undefined }> {
  const sizings = sizingsOf(objects);
  const concerns = sizings.length === 0 ? [] : await concernsAfter(site, sizings);
  const [first] = concerns;
  if (first && site.inputs.scaleChecks === 'fail') {
    return { concerns, failure: { reason: first.message, remedy: first.remedy, findings: [] } };
  }
  for (const { message, remedy } of concerns) tell(message, remedy);
  return { concerns, failure: undefined };
}

async function concernsAfter({ client }: Site, sizings: readonly Sizing[]): Promise<Concern[]> {
  const found = await Promise.all(sizings.flatMap(({ scaler }) => (scaler ? client.get(refOf(scaler)) : [])));
  const scalers = found.filter((scaler) => scaler !== undefined);
  const haveLooked = scalers.every((scaler) => conditionOf(scaler, 'ScalingActive') !== undefined);
  const spread = sizings.filter(({ least }) => least > 1);
  const nodes = spread.length === 0 ? undefined : await seen(client, 'v1', 'Node', undefined);
  const isSpreadable = nodes !== undefined && nodes.length > 1;
  return [
    ...metricConcerns(scalers, haveLooked || (await servesMetrics(client))),
    ...(isSpreadable ? spreadConcerns(spread, await readyPods(client, spread), nodes) : []),
  ];
}

function tell(message: string, remedy: string): void {
  warning(`${capital(message)}. What to do: ${remedy}`, { title: 'Scale check' });
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
