import { readFile } from 'node:fs/promises';
import { ActionError } from '@fairway/action-kit';
import { Datadog, datadogEndpoint } from '../analysis/datadog.js';
import type { AnalysisPlan } from '../analysis/metric.js';
import { parsePlan } from '../analysis/plan.js';
import { type Bench, refusedQuery } from '../analysis/probe.js';
import { parsePrometheus } from '../analysis/prometheus.js';
import type { Site } from '../site.js';
import type { Strategy } from './strategy-inputs.js';

/** What a new version on trial is judged by, read and tried before anything changes. */
export interface Judgement {
  /** Without metrics where no file is given: then only the pods' own life is looked at. */
  readonly plan: AnalysisPlan;
  readonly prometheus: Bench['prometheus'];
  readonly datadog: Bench['datadog'];
}

/** Without a file, looks at the pods this often. */
const LIFE_INTERVAL_MS = 5_000;

/**
 * Reads the analysis file. Nothing is asked of anybody yet.
 * @throws ActionError 'bad-analysis', 'bad-input'
 */
export async function openJudgement(site: Site): Promise<Judgement> {
  const { analysis, prometheusUrl, prometheusToken } = site.inputs.strategy;
  if (analysis === '') return { plan: lifeOnly(), prometheus: undefined, datadog: undefined };
  const plan = await parsePlan(await readFile(analysis, 'utf8'));
  const asks = plan.metrics.some(({ source }) => source.kind === 'prometheus');
  if (asks && prometheusUrl === '') {
    throw new ActionError(
      'bad-input',
      "The analysis asks Prometheus, and the input 'prometheus-url' is empty.",
      {
        remedy:
          'Add  prometheus-url: https://prometheus.example.com  or, for one inside the cluster,  prometheus-url: service/monitoring/prometheus:9090',
      },
    );
  }
  const settings = { namespace: site.namespace, token: prometheusToken, tenant: plan.tenant };
  return {
    plan,
    prometheus: asks ? parsePrometheus(prometheusUrl, settings) : undefined,
    datadog: openDatadog(plan, site.inputs.strategy.datadog),
  };
}

/** @throws ActionError 'bad-input' for a key that is missing */
function openDatadog(plan: AnalysisPlan, { site, apiKey, appKey }: Strategy['datadog']): Datadog | undefined {
  if (!plan.metrics.some(({ source }) => source.kind === 'datadog')) return undefined;
  for (const [input, key] of [
    ['datadog-api-key', apiKey],
    ['datadog-app-key', appKey],
  ] as const) {
    if (key !== '') continue;
    throw new ActionError('bad-input', `The analysis asks Datadog, and the input '${input}' is empty.`, {
      remedy: `Add  ${input}: \${{ secrets.${input.toUpperCase().replaceAll('-', '_')} }}  and store the key as a secret.`,
    });
  }
  return new Datadog(datadogEndpoint(site), { api: apiKey, app: appKey });
}

/** Namespaces whose Services the analysis asks through the API server: a permission of its own. */
export function proxiedBy({ plan, prometheus }: Judgement, namespace: string): string[] {
  const checks = plan.metrics.some(({ source }) => source.kind === 'http' && source.target.via === 'service');
  return [...(checks ? [namespace] : []), ...(prometheus?.via === 'service' ? [prometheus.namespace] : [])];
}

/**
 * Asks each query once, to find those that it refuses, before anything changes.
 * @throws ActionError 'bad-analysis'
 */
export async function tryQueries(site: Site, { plan, prometheus, datadog }: Judgement): Promise<void> {
  const { client, namespace, cancelled } = site;
  const refused = await refusedQuery(plan, { client, namespace, prometheus, datadog }, cancelled);
  if (refused === undefined) return;
  const who = refused.metric.source.kind === 'datadog' ? 'Datadog' : 'Prometheus';
  throw new ActionError(
    'bad-analysis',
    `${who} refuses the query of '${refused.metric.name}': ${refused.problem}.`,
    {
      remedy:
        who === 'Datadog'
          ? 'Try the query in Datadog itself; an API key must belong to datadog-site, and the application key needs the scope timeseries_query. Nothing was changed.'
          : 'Try the query in Prometheus itself, with a pod’s name for {{pods}}. Nothing was changed.',
    },
  );
}

function lifeOnly(): AnalysisPlan {
  return { intervalMs: LIFE_INTERVAL_MS, delayMs: 0, durationMs: undefined, tenant: '', metrics: [] };
}
